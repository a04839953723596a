/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes through the engine: each write is one transaction, whose result comes back by a step. */
#include "config.h"

#include "store/mirror.h"

#include "store/crypto.h"
#include "store/driver_names.h"
#include "store/seal.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

static void mirror_put_stamp(const struct driver_stamp *stamp, unsigned char *at)
{
    _Static_assert(sizeof *stamp == ENGINE_STAMP, "the same 16 bytes");
    memcpy(at, stamp, ENGINE_STAMP);
}

/* After a write nothing but the server says how things are. */
static void mirror_distrust(struct mirror *mirror)
{
    atomic_store(&mirror->good_until, 0);
}

/*
 * Commit TRANSACTION, and fetch its result.  A step that fails after a commit is no failure of the
 * write: what is read next asks the server again.
 */
static int mirror_commit(struct driver *driver, struct engine_transaction *transaction)
{
    struct mirror *mirror = driver->mirror;
    struct engine_tick now;
    bool unknown = false;
    int code = crypto_random(transaction->stamp, ENGINE_STAMP);

    memcpy(transaction->header, mirror->header, ENGINE_STAMP);
    process_lock(&mirror->lock);
    if (code == FOB_SUCCESS)
        code = mirror_engine(mirror, driver->user);
    if (code == FOB_SUCCESS)
        code = mirror->class->apply(mirror->engine, transaction, &unknown, &now);
    atomic_store(&mirror->unknown, unknown);
    mirror_distrust(mirror);
    process_unlock(&mirror->lock);
    if (code == FOB_CHANGED)
        return DRIVER_AGAIN;
    if (code == FOB_SUCCESS && mirror_catch_up(driver) != FOB_SUCCESS)
        error_clear();
    return code;
}

/* The changes of records, with the boxes of their names. */
struct mirror_changes {
    struct engine_change *items;
    unsigned char (*boxes)[DRIVER_NAME_BOX];
    size_t count;
};

static void mirror_changes_free(struct mirror_changes *changes)
{
    free(changes->items);
    free(changes->boxes);
}

static int mirror_changes_make(const struct mirror *mirror, const struct driver_record *records,
                               size_t count, struct mirror_changes *changes)
{
    int code;

    *changes = (struct mirror_changes){ calloc(count, sizeof *changes->items),
                                        calloc(count, sizeof *changes->boxes), count };
    code = changes->items != NULL && changes->boxes != NULL ? FOB_SUCCESS : error_nomem();
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct engine_change *change = &changes->items[i];
        const struct driver_stamp stamp = seal_stamp(records[i].sealed);

        code = driver_names_id(mirror->store, "record", records[i].name, change->id);
        if (code == FOB_SUCCESS)
            code = driver_names_seal(mirror->store, records[i].name, changes->boxes[i]);
        change->name = (struct span){ changes->boxes[i], DRIVER_NAME_BOX };
        change->sealed = records[i].sealed;
        mirror_put_stamp(&stamp, change->stamp);
        mirror_put_stamp(&records[i].expected, change->expected);
    }
    return code;
}

int mirror_write_many(struct driver *driver, struct driver_record *records, size_t count)
{
    struct mirror_changes changes;
    int code = mirror_changes_make(driver->mirror, records, count, &changes);

    if (code == FOB_SUCCESS) {
        struct engine_transaction transaction = { .changes = changes.items, .count = count };

        code = mirror_commit(driver, &transaction);
    }
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        records[i].result =
            changes.items[i].result == FOB_CHANGED ? DRIVER_AGAIN : changes.items[i].result;
    mirror_changes_free(&changes);
    return code;
}

int mirror_write(struct driver *driver, const struct driver_record *record, struct file_room *room)
{
    const struct driver_stamp none = { { 0, 0 } };
    struct driver_record change = *record;
    int code;

    (void)room;
    if (driver_stamp_equal(&record->expected, &none) &&
        driver_file.exists(driver, record->name) == FOB_SUCCESS)
        return driver_fail_exists(record->name);
    code = mirror_write_many(driver, &change, 1);
    return code == FOB_SUCCESS ? change.result : code;
}

int mirror_erase(struct driver *driver, const char *name, const struct driver_stamp *expected)
{
    const struct driver_record record = { name, { NULL, 0 }, *expected, FOB_SUCCESS };

    return mirror_write(driver, &record, NULL);
}

int mirror_retire(struct driver *driver, const char *place)
{
    struct mirror *mirror = driver->mirror;
    unsigned char box[DRIVER_NAME_BOX];
    int code = driver_names_seal(mirror->store, place, box);

    process_lock(&mirror->lock);
    if (code == FOB_SUCCESS)
        code = mirror_engine(mirror, driver->user);
    if (code == FOB_SUCCESS)
        code = mirror->class->retire(mirror->engine, (struct span){ box, sizeof box });
    process_unlock(&mirror->lock);
    return code == FOB_SUCCESS ? mirror_catch_up(driver) : code;
}

int mirror_write_header(struct driver *driver, struct span header)
{
    struct engine_transaction transaction = { .new_header = header };
    int code;

    mirror_header_stamp(header, transaction.new_header_stamp);
    code = mirror_commit(driver, &transaction);
    if (code == FOB_SUCCESS)
        memcpy(driver->mirror->header, transaction.new_header_stamp, ENGINE_STAMP);
    return code;
}
