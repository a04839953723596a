/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Locks a store of files for writing, unless it has moved. */
#include "config.h"

#include "store/driver_file.h"

#include "util/error.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

bool driver_has_moved(struct driver *driver)
{
    struct stat st;

    return fstatat(driver->folder, LAYOUT_MOVED, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int driver_fail_moved(struct driver *driver)
{
    struct blob place = { NULL, 0 };

    if (driver_read_optional(driver, LAYOUT_MOVED, PATH_MAX, &place) == FOB_SUCCESS)
        error_set(FOB_CONFIG, "%s: this store has moved: %.*s has it now", driver->path,
                  (int)place.size, (const char *)place.data);
    else
        error_set(FOB_CONFIG, "%s: this store has moved", driver->path);
    error_hint("use that configuration; nothing is written here any more");
    blob_free(&place);
    return FOB_CONFIG;
}

int driver_lock_store(struct driver *driver, int *lock)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_LOCK, &what);
    int code = file_lock(&file, true, lock);

    if (code == FOB_SUCCESS && driver_has_moved(driver)) {
        file_unlock(*lock);
        code = driver_fail_moved(driver);
    }
    return code;
}

int driver_note_moved(struct driver *driver, const char *place)
{
    struct driver_what what;
    const struct file file = driver_store_file(driver, LAYOUT_MOVED, &what);

    return file_write(&file, wire_text(place), FILE_REPLACE);
}

/* Under the lock, so that a write that has begun ends before. */
int driver_retire(struct driver *driver, const char *place)
{
    int lock = -1;
    int code = driver_lock_store(driver, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = driver_note_moved(driver, place);
    file_unlock(lock);
    return code;
}
