/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The driver of a mirror: reads as the file driver does once the mirror is young enough. */
#include "config.h"

#include "store/mirror.h"

#include "store/keyring.h"
#include "store/seal.h"
#include "util/error.h"
#include "util/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int mirror_make_folder(const char *place)
{
    char *accounts = path_join(place, LAYOUT_ACCOUNTS);
    int code = accounts != NULL ? path_make_folders(accounts, 0700) : error_nomem();

    free(accounts);
    return code;
}

static void mirror_free(struct mirror *mirror)
{
    if (mirror == NULL)
        return;
    mirror_engine_close(mirror);
    free(mirror);
}

static void mirror_close(struct driver *driver)
{
    if (driver != NULL)
        mirror_free(driver->mirror);
    driver_file.close(driver);
}

static int mirror_open(const struct store_settings *settings, struct store *store,
                       struct driver **driver)
{
    struct mirror *mirror = calloc(1, sizeof *mirror);
    struct driver *new = NULL;
    int code = mirror != NULL ? mirror_make_folder(settings->path) : error_nomem();

    if (code == FOB_SUCCESS)
        code = driver_file.open(settings, store, &new);
    if (code != FOB_SUCCESS) {
        free(mirror);
        return code;
    }
    mirror->remote = settings->remote;
    mirror->store = store;
    mirror->lock = (struct process_lock)PROCESS_LOCK_INIT;
    new->mirror = mirror;
    *driver = new;
    return FOB_SUCCESS;
}

static int mirror_read_header(struct driver *driver, struct blob *blob)
{
    int code = FOB_SUCCESS;

    if (faccessat(driver->folder, LAYOUT_HEADER, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
        code = mirror_fetch_header(driver);
    return code == FOB_SUCCESS ? driver_file.read_header(driver, blob) : code;
}

static int mirror_read(struct driver *driver, const char *name, struct blob *blob,
                       struct driver_stamp *stamp)
{
    int code = mirror_freshen(driver);

    if (code == FOB_SUCCESS)
        code = driver_file.read(driver, name, blob, stamp);
    if (code == FOB_SUCCESS)
        *stamp = seal_stamp((struct span){ blob->data, blob->size });
    return code;
}

static int mirror_exists(struct driver *driver, const char *name)
{
    const int code = mirror_freshen(driver);

    return code == FOB_SUCCESS ? driver_file.exists(driver, name) : code;
}

static int mirror_list(struct driver *driver, driver_name_fn *fn, void *data)
{
    const int code = mirror_freshen(driver);

    return code == FOB_SUCCESS ? driver_file.list(driver, fn, data) : code;
}

/* A record's stamp is in its seal, and the same on all machines. */
static int mirror_stamp(struct driver *driver, const char *name, struct driver_stamp *stamp)
{
    struct blob blob = { NULL, 0 };
    int code;

    if (name == NULL || driver_file.exists(driver, name) != FOB_SUCCESS)
        return driver_file.stamp(driver, name, stamp);
    code = driver_file.read(driver, name, &blob, stamp);
    if (code == FOB_SUCCESS)
        *stamp = seal_stamp((struct span){ blob.data, blob.size });
    blob_free(&blob);
    return code == FOB_SUCCESS ? FOB_SUCCESS : FOB_NOT_FOUND;
}

static int mirror_fail_namesake(const struct mirror *mirror)
{
    error_set(FOB_CONFIG, "another machine calls itself %s", mirror->remote->machine);
    error_hint("give each machine its own name (store: machine: in fob.yaml(5))");
    return FOB_CONFIG;
}

/* The lock of this machine; others are excluded by stamps. */
static int mirror_lock(struct driver *driver, int *lock)
{
    struct blob header = { NULL, 0 };
    int code = driver_file.lock(driver, lock);

    if (code != FOB_SUCCESS)
        return code;
    code = mirror_catch_up(driver);
    if (code == FOB_SUCCESS && atomic_load(&driver->mirror->namesake))
        code = mirror_fail_namesake(driver->mirror);
    if (code == FOB_SUCCESS)
        code = driver_file.read_header(driver, &header);
    if (code == FOB_SUCCESS)
        mirror_header_stamp((struct span){ header.data, header.size }, driver->mirror->header);
    blob_free(&header);
    if (code != FOB_SUCCESS)
        driver_file.unlock(driver, *lock);
    return code;
}

static int mirror_with_engine(struct driver *driver, driver_engine_fn *fn, void *data)
{
    struct mirror *mirror = driver->mirror;
    int code;

    process_lock(&mirror->lock);
    code = mirror_engine(mirror, driver->user);
    if (code == FOB_SUCCESS)
        code = fn(mirror->class, mirror->engine, data);
    process_unlock(&mirror->lock);
    return code;
}

static int64_t mirror_age(struct driver *driver)
{
    bool exact;
    int64_t age;

    process_lock(&driver->mirror->lock);
    mirror_fresh_read(driver);
    age = mirror_fresh_age(driver->mirror, &exact);
    process_unlock(&driver->mirror->lock);
    return age;
}

static uint64_t mirror_revision(struct driver *driver)
{
    uint64_t revision;

    process_lock(&driver->mirror->lock);
    mirror_fresh_read(driver);
    revision = driver->mirror->fresh.tick.revision;
    process_unlock(&driver->mirror->lock);
    return revision;
}

static int64_t mirror_stale(struct driver *driver)
{
    return atomic_load(&driver->mirror->stale);
}

static bool mirror_is_unknown(struct driver *driver)
{
    return atomic_load(&driver->mirror->unknown);
}

static bool mirror_has_namesake(struct driver *driver)
{
    return atomic_load(&driver->mirror->namesake);
}

/* The server has room, or has not. */
static int mirror_reserve(struct driver *driver, const char *name, struct file_room *room)
{
    (void)driver;
    (void)name;
    (void)room;
    return FOB_SUCCESS;
}

const struct driver_class driver_mirror = {
    .open = mirror_open,
    .close = mirror_close,
    .read_header = mirror_read_header,
    .read = mirror_read,
    .exists = mirror_exists,
    .write = mirror_write,
    .reserve = mirror_reserve,
    .release = driver_release_room,
    .write_many = mirror_write_many,
    .write_header = mirror_write_header,
    .stamp = mirror_stamp,
    .read_sharing = driver_read_sharing,
    .add_sharing = driver_add_sharing,
    .remove_sharing = driver_remove_sharing,
    .erase = mirror_erase,
    .list = mirror_list,
    .lock = mirror_lock,
    .lock_renewal = driver_lock_renewal,
    .lock_header = driver_lock_header,
    .unlock = driver_unlock_store,
    .check = driver_check,
    .repair = driver_repair,
    .catch_up = mirror_catch_up,
    .age = mirror_age,
    .revision = mirror_revision,
    .stale = mirror_stale,
    .retire = mirror_retire,
    .has_moved = driver_has_moved,
    .is_unknown = mirror_is_unknown,
    .has_namesake = mirror_has_namesake,
    .with_engine = mirror_with_engine,
    .describe = driver_describe,
};
