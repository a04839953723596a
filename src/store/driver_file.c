/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The file driver: header, lock, and accounts/NAME in a folder of the owner's alone. */
#include "config.h"

#include "store/driver.h"

#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY ".tmp-"

struct driver {
    char *path;
    int folder;   /* the store's */
    int accounts; /* accounts/ */
};

void blob_free(struct blob *blob)
{
    free(blob->data);
    *blob = (struct blob){ NULL, 0 };
}

void driver_close(struct driver *driver)
{
    if (driver == NULL)
        return;
    if (driver->accounts >= 0)
        close(driver->accounts);
    if (driver->folder >= 0)
        close(driver->folder);
    free(driver->path);
    free(driver);
}

static int open_folder(int at, const char *name, const char *what, int *fd)
{
    *fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0)
        return error_system("%s", what);
    return path_check_trust(*fd, what, PATH_FOLDER | PATH_PRIVATE);
}

static int no_store(const char *path)
{
    error_set(FOB_NOT_FOUND, "%s: there is no store yet", path);
    error_hint("\"fob init\" makes one");
    return FOB_NOT_FOUND;
}

int driver_open(const char *path, struct driver **driver)
{
    struct driver *new = calloc(1, sizeof *new);
    char *accounts = path_join(path, "accounts");
    int code = FOB_SUCCESS;

    if (new != NULL) {
        new->folder = -1;
        new->accounts = -1;
        new->path = strdup(path);
    }
    if (new == NULL || accounts == NULL || new->path == NULL) {
        code = error_nomem();
        goto out;
    }
    code = open_folder(AT_FDCWD, path, path, &new->folder);
    if (new->folder < 0 && (errno == ENOENT || errno == ENOTDIR))
        code = no_store(path);
    if (code == FOB_SUCCESS && faccessat(new->folder, "header", F_OK, 0) < 0)
        code = no_store(path);
    if (code == FOB_SUCCESS)
        code = open_folder(new->folder, "accounts", accounts, &new->accounts);
    if (code == FOB_SUCCESS) {
        *driver = new;
        new = NULL;
    }
out:
    driver_close(new);
    free(accounts);
    return code;
}

/* Read all of FD, which is MAX bytes at most. */
static int read_all(int fd, const char *what, size_t max, struct blob *blob)
{
    struct stat st;
    size_t have = 0;
    unsigned char *data;

    if (fstat(fd, &st) < 0)
        return error_system("%s", what);
    if (st.st_size < 0 || (size_t)st.st_size > max)
        return error_set(FOB_CORRUPT, "%s: %lld bytes is no size for it", what,
                         (long long)st.st_size);
    data = malloc((size_t)st.st_size + 1);
    if (data == NULL)
        return error_nomem();
    while (have < (size_t)st.st_size) {
        ssize_t got = read(fd, data + have, (size_t)st.st_size - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(data);
            return error_system("%s", what);
        }
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *blob = (struct blob){ data, have };
    return FOB_SUCCESS;
}

static int read_file(int folder, const char *name, const char *what, size_t max,
                     struct blob *blob)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int code;

    if (fd < 0 && errno == ENOENT)
        return error_set(FOB_NOT_FOUND, "%s: not found", what);
    if (fd < 0 && errno == ELOOP)
        return error_set(FOB_DENIED, "%s: a symbolic link is not followed here", what);
    if (fd < 0)
        return error_system("%s", what);
    code = path_check_trust(fd, what, PATH_PRIVATE);
    if (code == FOB_SUCCESS)
        code = read_all(fd, what, max, blob);
    close(fd);
    return code;
}

/* What a file is called in messages. */
static char *file_name(const struct driver *driver, const char *folder, const char *name)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_printf(&text, "%s/%s%s", driver->path, folder, name);
    return strbuf_take(&text);
}

int driver_read_header(const struct driver *driver, struct blob *header)
{
    char *what = file_name(driver, "", "header");
    int code = what != NULL ? read_file(driver->folder, "header", what, DRIVER_HEADER_MAX, header)
                            : error_nomem();

    free(what);
    return code;
}

int driver_read(const struct driver *driver, const char *name, struct blob *blob)
{
    char *what = file_name(driver, "accounts/", name);
    int code = what != NULL ? read_file(driver->accounts, name, what, DRIVER_BLOB_MAX, blob)
                            : error_nomem();

    if (code == FOB_NOT_FOUND) {
        error_set(FOB_NOT_FOUND, "%s: no such account", name);
        error_hint("\"fob list\" shows those there are");
    }
    free(what);
    return code;
}

int driver_exists(const struct driver *driver, const char *name)
{
    struct stat st;

    return fstatat(driver->accounts, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? FOB_SUCCESS
                                                                          : FOB_NOT_FOUND;
}

static int write_all(int fd, const struct blob *blob)
{
    size_t done = 0;

    while (done < blob->size) {
        ssize_t written = write(fd, blob->data + done, blob->size - done);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        if (written == 0) {
            errno = ENOSPC;
            return -1;
        }
        done += (size_t)written;
    }
    return fsync(fd);
}

/* A file of a name of its own in FOLDER, whole and on the disk; its name goes to NAME. */
static int write_temporary(int folder, const struct blob *blob, char name[static 64])
{
    int fd = -1;

    for (unsigned try = 0; fd < 0 && try < 1000; try++) {
        snprintf(name, 64, TEMPORARY "%ld-%u", (long)getpid(), try);
        fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    if (fd < 0)
        return -1;
    if (write_all(fd, blob) < 0 || close(fd) < 0) {
        int saved = errno;

        close(fd);
        unlinkat(folder, name, 0);
        errno = saved;
        return -1;
    }
    return 0;
}

int driver_write(const struct driver *driver, const char *name, const struct blob *blob, bool new)
{
    char temporary[64];
    int code;

    if (write_temporary(driver->accounts, blob, temporary) < 0)
        return error_system("%s: its record can not be written in %s/accounts", name,
                            driver->path);
    if (renameat2(driver->accounts, temporary, driver->accounts, name,
                  new ? RENAME_NOREPLACE : 0) == 0) {
        if (fsync(driver->accounts) == 0)
            return FOB_SUCCESS;
        return error_system("%s/accounts", driver->path);
    }
    if (errno == EEXIST) {
        code = error_set(FOB_EXISTS, "%s: there is an account of that name already", name);
        error_hint("\"fob edit %s\" gives it new keys; or choose another name", name);
    } else {
        code = error_system("%s: its record can not be written in %s/accounts", name,
                            driver->path);
    }
    unlinkat(driver->accounts, temporary, 0);
    return code;
}

int driver_erase(const struct driver *driver, const char *name)
{
    if (unlinkat(driver->accounts, name, 0) < 0 || fsync(driver->accounts) < 0)
        return error_system("%s: its record can not be erased", name);
    return FOB_SUCCESS;
}

static int add_name(char ***names, size_t *count, const char *name)
{
    char **more = reallocarray(*names, *count + 1, sizeof *more);

    if (more == NULL)
        return error_nomem();
    *names = more;
    more[*count] = strdup(name);
    if (more[*count] == NULL)
        return error_nomem();
    (*count)++;
    return FOB_SUCCESS;
}

int driver_list(const struct driver *driver, char ***names, size_t *count,
                void (*stray)(const char *file, void *data), void *data)
{
    int fd = openat(driver->accounts, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    if (dir == NULL) {
        code = error_system("%s/accounts", driver->path);
        if (fd >= 0)
            close(fd);
        return code;
    }
    while (code == FOB_SUCCESS && (entry = readdir(dir)) != NULL) {
        if (text_is_name(entry->d_name))
            code = add_name(names, count, entry->d_name);
        else if (stray != NULL && strcmp(entry->d_name, ".") != 0 &&
                 strcmp(entry->d_name, "..") != 0)
            stray(entry->d_name, data);
    }
    closedir(dir);
    return code;
}

int driver_lock(const struct driver *driver, int *lock)
{
    /* An open of its own, so that threads keep each other out as well. */
    int fd = openat(driver->folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_system("%s/lock", driver->path);
    while (flock(fd, LOCK_EX) < 0) {
        if (errno != EINTR) {
            int code = error_system("%s/lock", driver->path);

            close(fd);
            return code;
        }
    }
    *lock = fd;
    return FOB_SUCCESS;
}

void driver_unlock(int lock)
{
    close(lock);
}

/* Fill the new store's folder, open at FOLDER. */
static int fill(int folder, const struct blob *header)
{
    char temporary[64];

    if (mkdirat(folder, "accounts", 0700) < 0 || write_temporary(folder, header, temporary) < 0)
        return -1;
    if (renameat(folder, temporary, folder, "header") < 0) {
        unlinkat(folder, temporary, 0);
        return -1;
    }
    return fsync(folder);
}

/* Take away what fill() made. */
static void discard(int folder, const char *path)
{
    unlinkat(folder, "header", 0);
    unlinkat(folder, "accounts", AT_REMOVEDIR);
    rmdir(path);
}

static int sync_parent(const char *path)
{
    char *parent = strdup(path);
    char *slash = parent != NULL ? strrchr(parent, '/') : NULL;
    int fd;
    int result;

    if (slash == NULL) {
        free(parent);
        return -1;
    }
    slash[slash == parent ? 1 : 0] = '\0';
    fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    if (fd < 0)
        return -1;
    result = fsync(fd);
    close(fd);
    return result;
}

static int exists(const char *path)
{
    error_set(FOB_EXISTS, "%s: there is a store already", path);
    error_hint("nothing was changed; \"fob list\" shows what is in it");
    return FOB_EXISTS;
}

/* Put the filled folder at TEMPORARY in its place; an empty folder there makes room. */
static int put_in_place(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, 0) < 0)
        return errno == ENOTEMPTY || errno == EEXIST ? exists(path) : error_system("%s", path);
    return sync_parent(path) == 0 ? FOB_SUCCESS : error_system("%s", path);
}

int driver_create(const char *path, const struct blob *header)
{
    struct strbuf temporary = STRBUF_INIT;
    int folder = -1;
    int code;

    strbuf_printf(&temporary, "%s" TEMPORARY "XXXXXX", path);
    if (temporary.failed)
        return error_nomem();
    if (mkdtemp(temporary.data) == NULL) {
        code = error_system("%s", path);
        strbuf_free(&temporary);
        return code;
    }
    code = open_folder(AT_FDCWD, temporary.data, path, &folder);
    if (code == FOB_SUCCESS && fill(folder, header) < 0)
        code = error_system("%s", path);
    if (code == FOB_SUCCESS)
        code = put_in_place(temporary.data, path);
    if (code != FOB_SUCCESS && folder >= 0)
        discard(folder, temporary.data);
    if (folder >= 0)
        close(folder);
    strbuf_free(&temporary);
    return code;
}
