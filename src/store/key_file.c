/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Key files: 64 hexadecimal digits and a newline, so that one can also be kept on paper. */
#include "config.h"

#include "store/slot.h"

#include "util/error.h"
#include "util/path.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIGITS (2 * SEAL_KEY)

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

/* The bytes behind the digits of TEXT. */
static int decode(const struct fob_secret *text, const char *path, struct fob_secret **content)
{
    const char *digits = fob_secret_data(text);
    size_t size = fob_secret_size(text);
    struct fob_secret *bytes = NULL;
    bool good = size == DIGITS || (size == DIGITS + 1 && digits[DIGITS] == '\n');
    int code = secret_alloc(SEAL_KEY, &bytes);

    for (size_t i = 0; code == FOB_SUCCESS && good && i < SEAL_KEY; i++) {
        int high = digit_value(digits[2 * i]);
        int low = digit_value(digits[2 * i + 1]);

        good = high >= 0 && low >= 0;
        if (good)
            secret_buffer(bytes)[i] = (char)(high << 4 | low);
    }
    if (code == FOB_SUCCESS && !good)
        code = error_set(FOB_LOCKED, "%s: not a key file (64 hexadecimal digits)", path);
    if (code != FOB_SUCCESS) {
        fob_secret_free(bytes);
        return code;
    }
    *content = bytes;
    return FOB_SUCCESS;
}

int slot_read_key_file(const char *path, struct fob_secret **content)
{
    struct fob_secret *text = NULL;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int code;

    if (fd < 0 && errno == ENOENT) {
        error_set(FOB_LOCKED, "%s: the key file is missing", path);
        error_hint("without it the store can not be opened: put it back, or see key_file in "
                   "fob.yaml(5)");
        return FOB_LOCKED;
    }
    if (fd < 0)
        return error_system("%s", path);
    code = path_check_trust(fd, path, PATH_PRIVATE);
    if (code == FOB_SUCCESS)
        code = secret_read_fd(fd, path, DIGITS + 1, &text);
    if (code == FOB_INVALID)
        code = error_set(FOB_LOCKED, "%s: not a key file (64 hexadecimal digits)", path);
    if (code == FOB_SUCCESS)
        code = decode(text, path, content);
    fob_secret_free(text);
    close(fd);
    return code;
}

/* Write the digits of KEY to FD, and have them on the disk. */
static int write_digits(int fd, const struct fob_secret *key)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)fob_secret_data(key);
    char text[DIGITS + 1];
    ssize_t written;

    for (size_t i = 0; i < SEAL_KEY; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[DIGITS] = '\n';
    written = write(fd, text, sizeof text);
    secret_wipe(text, sizeof text);
    if (written != (ssize_t)sizeof text) {
        if (written >= 0)
            errno = ENOSPC;
        return -1;
    }
    return fsync(fd);
}

/* The folder above PATH, which is made when it is missing, open into FD. */
static int open_parent(const char *path, int *fd)
{
    char *parent = strdup(path);
    char *slash = parent != NULL ? strrchr(parent, '/') : NULL;
    int code = parent != NULL ? FOB_SUCCESS : error_nomem();

    if (code == FOB_SUCCESS && slash == NULL)
        code = error_set(FOB_INVALID, "%s: not an absolute path", path);
    if (code == FOB_SUCCESS) {
        slash[slash == parent ? 1 : 0] = '\0';
        code = path_make_folders(parent, 0700);
    }
    if (code == FOB_SUCCESS) {
        *fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (*fd < 0)
            code = error_system("%s", parent);
    }
    free(parent);
    return code;
}

static int exists(const char *path)
{
    error_set(FOB_EXISTS, "%s: there is a key file already", path);
    error_hint("it may belong to another store, so it is left alone; move it away, or name "
               "another one as key_file in fob.yaml(5)");
    return FOB_EXISTS;
}

int slot_write_key_file(const char *path, struct fob_secret **content)
{
    struct fob_secret *key = NULL;
    int folder = -1;
    int fd = -1;
    int code = secret_alloc(SEAL_KEY, &key);

    if (code == FOB_SUCCESS)
        code = open_parent(path, &folder);
    if (code != FOB_SUCCESS)
        goto out;
    seal_random(secret_buffer(key), SEAL_KEY);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        code = errno == EEXIST ? exists(path) : error_system("%s", path);
        goto out;
    }
    if (write_digits(fd, key) < 0 || fsync(folder) < 0) {
        code = error_system("%s", path);
        unlink(path);
        goto out;
    }
    *content = key;
    key = NULL;
out:
    if (fd >= 0)
        close(fd);
    if (folder >= 0)
        close(folder);
    fob_secret_free(key);
    return code;
}
