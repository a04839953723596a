/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes and reads key files; an existing one is never overwritten. */
#include "config.h"

#include "store/key_file.h"

#include "store/crypto.h"
#include "store/file.h"
#include "util/error.h"
#include "util/path.h"
#include "util/secret.h"
#include "util/text.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "fob-key-1:";

#define PREFIX_SIZE (sizeof prefix - 1)
#define LINE_SIZE (PREFIX_SIZE + (size_t)2 * CRYPTO_KEY) /* without the newline */
#define UNSEEN_SIZE 8 /* a newline, and invisible characters that an editor may have added */

int key_file_make(struct fob_secret **material)
{
    struct fob_secret *new = NULL;
    int code = crypto_ready();

    if (code == FOB_SUCCESS)
        code = secret_alloc(CRYPTO_KEY, &new);
    if (code == FOB_SUCCESS)
        code = crypto_random(secret_buffer(new), CRYPTO_KEY);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *material = new;
    return FOB_SUCCESS;
}

/* Format the file's only line. */
static int key_format_line(const struct fob_secret *material, struct fob_secret **line)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = (const unsigned char *)fob_secret_data(material);
    struct fob_secret *new = NULL;
    char *to;
    int code = secret_alloc(LINE_SIZE + 1, &new);

    if (code != FOB_SUCCESS)
        return code;
    to = secret_buffer(new);
    memcpy(to, prefix, PREFIX_SIZE);
    to += PREFIX_SIZE;
    for (size_t i = 0; i < CRYPTO_KEY; i++) {
        *to++ = digits[from[i] >> 4];
        *to++ = digits[from[i] & 15];
    }
    *to = '\n';
    *line = new;
    return FOB_SUCCESS;
}

int key_file_fail_exists(const char *path)
{
    error_set(FOB_EXISTS, "%s: there is a key file already; it is not overwritten", path);
    error_hint("it may be the only key of another store: leave it there, and name another file");
    return FOB_EXISTS;
}

bool key_file_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

void key_file_remove(const char *path)
{
    unlink(path);
}

static bool key_is_inside(const char *folder, const char *store)
{
    size_t size = strlen(store);

    return strncmp(folder, store, size) == 0 && (folder[size] == '/' || folder[size] == '\0');
}

int key_file_check_place(const char *path, const char *store)
{
    char *copy = strdup(path);
    char *folder = copy != NULL ? realpath(dirname(copy), NULL) : NULL;
    char *real = realpath(store, NULL);
    bool inside = key_is_inside(path, store) ||
                  (folder != NULL && real != NULL && key_is_inside(folder, real));

    free(copy);
    free(folder);
    free(real);
    return inside ? error_set(FOB_CONFIG,
                              "%s: the key file must not be inside the store, or a copied store "
                              "carries its key",
                              path)
                  : FOB_SUCCESS;
}

/* Write LINE to the new file PATH.  PARENT and NAME are copies of PATH that may be changed. */
static int key_write_line(const char *path, char *parent, char *name, const struct fob_secret *line)
{
    const struct span content = { fob_secret_data(line), fob_secret_size(line) };
    const char *folder = dirname(parent);
    struct file file = { .folder = -1, .name = basename(name), .what = path };
    /* The folder of root's key also holds the machine's configuration, which everybody reads; the
     * key's own mode protects it. */
    int code = path_make_folders(folder, geteuid() == 0 ? 0755 : 0700);

    if (code != FOB_SUCCESS)
        return code;
    file.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file.folder < 0)
        return error_system("%s", folder);
    code = file_write(&file, content, FILE_NEW);
    close(file.folder);
    return code == FOB_EXISTS ? key_file_fail_exists(path) : code;
}

int key_file_write(const char *path, const struct fob_secret *material)
{
    struct fob_secret *line = NULL;
    char *parent = strdup(path);
    char *name = strdup(path);
    int code = parent != NULL && name != NULL ? key_format_line(material, &line) : error_nomem();

    if (code == FOB_SUCCESS)
        code = key_write_line(path, parent, name, line);
    fob_secret_free(line);
    free(parent);
    free(name);
    return code;
}

/* The value of a hexadecimal digit, or -1. */
static int key_file_digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool key_parse_line(const struct fob_secret *line, unsigned char *key)
{
    const char *at = fob_secret_data(line);
    size_t size = fob_secret_size(line);

    if (size > 0 && at[size - 1] == '\n')
        size--;
    if (size != LINE_SIZE || memcmp(at, prefix, PREFIX_SIZE) != 0)
        return false;
    at += PREFIX_SIZE;
    for (size_t i = 0; i < CRYPTO_KEY; i++, at += 2) {
        int high = key_file_digit_value(at[0]);
        int low = key_file_digit_value(at[1]);

        if (high < 0 || low < 0)
            return false;
        key[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static int key_file_read_line(int fd, const char *path, size_t size, struct fob_secret **line)
{
    ssize_t got;
    int code = secret_alloc(size, line);

    if (code != FOB_SUCCESS)
        return code;
    got = file_read_fully(fd, secret_buffer(*line), size);
    if (got < 0)
        return error_system("%s", path);
    secret_truncate(*line, (size_t)got);
    return FOB_SUCCESS;
}

static int key_file_refuse(const char *path, const struct fob_secret *line)
{
    char what[TEXT_UNSEEN];

    if (line != NULL && text_find_unseen(fob_secret_data(line), fob_secret_size(line), what)) {
        error_set(FOB_LOCKED, "%s: not a key file as fob writes them: it %s", path, what);
        error_hint("take that out of a copy, and put the copy in its place");
    } else {
        error_set(FOB_LOCKED, "%s: not a key file of fob's, or damaged", path);
        error_hint("put back the key file that was made with the store");
    }
    return FOB_LOCKED;
}

static int key_read(const struct file *file, struct fob_secret **material)
{
    const char *path = file->what;
    struct fob_secret *line = NULL;
    struct stat st;
    int fd = -1;
    int code = file_open(file, &fd, &st);

    if (code != FOB_SUCCESS)
        return code;
    if ((size_t)st.st_size <= LINE_SIZE + UNSEEN_SIZE)
        code = key_file_read_line(fd, path, (size_t)st.st_size, &line);
    close(fd);
    /* Decode the key in place: each digit is read before it is overwritten. */
    if (code == FOB_SUCCESS &&
        (line == NULL || !key_parse_line(line, (unsigned char *)secret_buffer(line)))) {
        code = key_file_refuse(path, line);
    }
    if (code != FOB_SUCCESS) {
        fob_secret_free(line);
        return code;
    }
    secret_truncate(line, CRYPTO_KEY);
    *material = line;
    return FOB_SUCCESS;
}

int key_file_read(const char *path, uid_t user, struct fob_secret **material)
{
    const struct file file = {
        .folder = AT_FDCWD,
        .name = path,
        .what = path,
        .user = user,
        .follow = true,
        .named = true,
    };

    return key_read(&file, material);
}

int key_file_read_credential(const char *path, uid_t user, struct fob_secret **material)
{
    const struct file file = {
        .folder = AT_FDCWD,
        .name = path,
        .what = path,
        .user = user,
        .shared = true,
    };

    return key_read(&file, material);
}
