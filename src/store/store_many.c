/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Changes many records together, under one lock and with one wait for the disk. */
#include "config.h"

#include "store/store_impl.h"

#include "store/validated.h"
#include "store/record_impl.h"
#include "store/seal.h"
#include "store/sharing.h"
#include "util/error.h"

#include <stdlib.h>

/* The records to be written together. */
struct work {
    struct store *store;
    store_edit_fn *change;
    struct blob *blobs; /* RECORDS points into these */
    struct driver_record *records;
    size_t count;
    struct sharing *sharing;
    struct validated_time *validated;
    size_t validated_count;
};

/* With the lock held: whether SEEN is still the stored record. */
static bool store_many_is_same(struct store *store, const struct store_edit *edit)
{
    const struct driver_stamp *seen = &edit->seen->stamp;
    struct driver_stamp there;

    return store->class->stamp(store->driver, edit->name, &there) == FOB_SUCCESS &&
           there.file == seen->file && there.when == seen->when;
}

/* Seal RECORD, and add it to WORK. */
static int store_many_add(struct work *work, const struct store_edit *edit, struct record *record)
{
    struct blob *blob = &work->blobs[work->count];
    int code = seal_record(store_keyring(work->store), record, record_version(record) + 1, blob);

    if (code != FOB_SUCCESS)
        return code;
    if (work->count == 0)
        work->sharing = sharing_begin(work->store);
    sharing_add(work->sharing, record);
    work->records[work->count++] = (struct driver_record){ edit->name, { blob->data, blob->size } };
    return FOB_SUCCESS;
}

/* With the lock held: change one record.  If the caller's copy is still current, it need not be
 * opened again. */
static int store_many_prepare(struct work *work, const struct store_edit *edit)
{
    const bool same = store_many_is_same(work->store, edit);
    struct record *record = NULL;
    int code;

    if (same && edit->validated != 0) {
        work->validated[work->validated_count++] =
            (struct validated_time){ edit->seen, edit->validated };
        return FOB_SUCCESS;
    }
    code = same ? record_copy(edit->seen, &record) : store_read(work->store, edit->name, &record);
    if (code != FOB_SUCCESS)
        return work->change(NULL, code, edit->data);
    code = work->change(record, FOB_SUCCESS, edit->data);
    if (code == FOB_SUCCESS)
        code = store_many_add(work, edit, record);
    record_free(record);
    return code == FOB_IGNORE ? FOB_SUCCESS : code;
}

static int store_many_begin(struct work *work, size_t count)
{
    work->blobs = calloc(count, sizeof *work->blobs);
    work->records = calloc(count, sizeof *work->records);
    work->validated = calloc(count, sizeof *work->validated);
    return work->blobs != NULL && work->records != NULL && work->validated != NULL ? FOB_SUCCESS
                                                                                   : error_nomem();
}

static void store_many_end(struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        blob_free(&work->blobs[i]);
    free(work->blobs);
    free(work->records);
    free(work->validated);
}

int store_update_many(struct store *store, const struct store_edit *edits, size_t count,
                      store_edit_fn *change)
{
    struct work work = { .store = store, .change = change };
    int lock = -1;
    int code = store_many_begin(&work, count);

    if (code == FOB_SUCCESS)
        code = store_lock_to_write(store, &lock);
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code = store_many_prepare(&work, &edits[i]);
    if (code == FOB_SUCCESS && work.validated_count > 0)
        code = validated_add(store, work.validated, work.validated_count);
    if (code == FOB_SUCCESS && work.count > 0)
        code = store->class->write_many(store->driver, work.records, work.count);
    sharing_end(work.sharing, code);
    if (lock >= 0)
        store->class->unlock(store->driver, lock);
    store_many_end(&work);
    return code;
}
