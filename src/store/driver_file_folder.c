/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The file driver's folders: opens, locks and walks them, and makes paths for messages. */
#include "config.h"

#include "store/driver_file.h"

#include "util/error.h"
#include "util/path.h"
#include "util/process.h"
#include "util/wait.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char *driver_file_append(char *at, const char *text, size_t max)
{
    size_t size = strnlen(text, max);

    memcpy(at, text, size);
    return at + size;
}

const char *driver_format_path(struct driver_what *what, const struct driver *driver,
                               const char *folder, const char *name)
{
    /* Not snprintf(): every record needs the path, in case of an error. */
    char *at = driver_file_append(what->text, driver->path, PATH_MAX);

    *at++ = '/';
    at = driver_file_append(at, folder, sizeof LAYOUT_ACCOUNTS);
    *driver_file_append(at, name, NAME_MAX) = '\0';
    return what->text;
}

struct file driver_store_file(const struct driver *driver, const char *name,
                              struct driver_what *what)
{
    return (struct file){
        .folder = driver->folder,
        .name = name,
        .what = driver_format_path(what, driver, "", name),
        .user = driver->user,
    };
}

int driver_read_optional(struct driver *driver, const char *name, size_t max, struct blob *blob)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, name, &what);
    struct stat st;

    /* There usually is none, which is not an error. */
    if (fstatat(driver->folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
        return FOB_NOT_FOUND;
    return file_read(&file, max, blob, &st);
}

/* Reading a single account does not need this: nobody else can enter the store's folder, which was
 * checked. */
int driver_open_accounts(const struct driver *driver, int *accounts)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    struct driver_what what;
    int fd = openat(driver->folder, LAYOUT_ACCOUNTS, flags);
    int code;

    driver_format_path(&what, driver, "", LAYOUT_ACCOUNTS);
    if (fd < 0 && errno == ENOENT) {
        error_set(FOB_CORRUPT, "%s: this folder of the store is gone", what.text);
        error_hint("restore the store from a backup");
        return FOB_CORRUPT;
    }
    if (fd < 0)
        return error_system("%s", what.text);
    code = path_check_trust(fd, what.text, PATH_FOLDER | PATH_PRIVATE, driver->user, NULL);
    if (code == FOB_SUCCESS)
        *accounts = fd;
    else
        close(fd);
    return code;
}

int driver_lock_header(struct driver *driver, bool shared, int *lock)
{
    struct driver_what what;
    int accounts = -1;
    int code = driver_open_accounts(driver, &accounts);

    if (code != FOB_SUCCESS)
        return code;
    process_close_on_fork(accounts);
    driver_format_path(&what, driver, "", LAYOUT_ACCOUNTS);
    if (wait_for_lock(accounts, shared ? LOCK_SH : LOCK_EX, what.text) < 0) {
        code = error_system("%s", what.text);
        file_unlock(accounts);
        return code;
    }
    *lock = accounts;
    return FOB_SUCCESS;
}

/* Call FN for every entry of the folder except "." and ".."; closes FD. */
static int driver_file_walk(int fd, const char *what, driver_name_fn *fn, void *data)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    if (dir == NULL) {
        code = error_system("%s", what);
        close(fd);
        return code;
    }
    do {
        errno = 0;
        entry = readdir(dir);
        if (entry == NULL && errno != 0)
            code = error_system("%s", what);
        else if (entry != NULL && strcmp(entry->d_name, ".") != 0 &&
                 strcmp(entry->d_name, "..") != 0)
            code = fn(entry->d_name, data);
    } while (code == FOB_SUCCESS && entry != NULL);
    closedir(dir);
    return code;
}

int driver_walk_accounts(const struct driver *driver, driver_name_fn *fn, void *data)
{
    struct driver_what what;
    int accounts = -1;
    int code = driver_open_accounts(driver, &accounts);

    return code == FOB_SUCCESS
               ? driver_file_walk(accounts, driver_format_path(&what, driver, "", LAYOUT_ACCOUNTS),
                                  fn, data)
               : code;
}

int driver_walk_store(const struct driver *driver, driver_name_fn *fn, void *data)
{
    int fd = openat(driver->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 ? driver_file_walk(fd, driver->path, fn, data)
                   : error_system("%s", driver->path);
}
