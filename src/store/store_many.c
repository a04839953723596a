/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Changes and writes many records together, under one lock and with one wait for the disk. */
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
    const struct store_edit *edits;
    size_t edit_count;
    store_edit_fn *change;
    bool *done;         /* for each edit */
    struct blob *blobs; /* RECORDS points into these */
    struct driver_record *records;
    size_t *edit_of; /* for each of RECORDS */
    size_t count;
    struct sharing *sharing;
    struct validated_time *validated;
    size_t validated_count;
};

/* With the lock held: whether SEEN is still the stored record. */
static bool store_many_is_same(struct store *store, const struct store_edit *edit)
{
    struct driver_stamp there;

    return store->class->stamp(store->driver, edit->name, &there) == FOB_SUCCESS &&
           driver_stamp_equal(&there, &edit->seen->stamp);
}

/* Seal RECORD, and add it to WORK. */
static int store_many_add(struct store *store, struct work *work, size_t index,
                          struct record *record)
{
    struct blob *blob = &work->blobs[work->count];
    int code = seal_record(store_keyring(store), record, record_version(record) + 1, blob);

    if (code != FOB_SUCCESS)
        return code;
    if (work->sharing == NULL)
        work->sharing = sharing_begin(store);
    sharing_add(work->sharing, record);
    work->edit_of[work->count] = index;
    work->records[work->count++] = (struct driver_record){
        work->edits[index].name, { blob->data, blob->size }, record->stamp, FOB_SUCCESS
    };
    return FOB_SUCCESS;
}

/* With the lock held: change one record.  If the caller's copy is still current, it need not be
 * opened again. */
static int store_many_prepare(struct store *store, struct work *work, size_t index)
{
    const struct store_edit *edit = &work->edits[index];
    const bool same = store_many_is_same(store, edit);
    struct record *record = NULL;
    int code;

    work->done[index] = true;
    if (same && edit->validated != 0 && store->class->add_validated != NULL) {
        work->validated[work->validated_count++] =
            (struct validated_time){ edit->seen, edit->validated };
        return FOB_SUCCESS;
    }
    code = same ? record_copy(edit->seen, &record) : store_read(store, edit->name, &record);
    if (code != FOB_SUCCESS)
        return work->change(NULL, code, edit->data);
    code = work->change(record, FOB_SUCCESS, edit->data);
    if (code == FOB_SUCCESS)
        code = store_many_add(store, work, index, record);
    record_free(record);
    return code == FOB_IGNORE ? FOB_SUCCESS : code;
}

/* After a write with CODE: what somebody else has changed meanwhile is to be done again. */
static int store_many_find_undone(struct work *work, int code)
{
    const bool all = code == DRIVER_AGAIN;

    for (size_t i = 0; i < work->count; i++) {
        if (!all && work->records[i].result != DRIVER_AGAIN)
            continue;
        work->done[work->edit_of[i]] = false;
        code = DRIVER_AGAIN;
    }
    return code;
}

static int store_many_write(struct store *store, struct work *work)
{
    int code = FOB_SUCCESS;

    if (work->validated_count > 0)
        code = validated_add(store, work->validated, work->validated_count);
    if (code != FOB_SUCCESS || work->count == 0)
        return code;
    code = store->class->write_many(store->driver, work->records, work->count);
    return code == FOB_SUCCESS || code == DRIVER_AGAIN ? store_many_find_undone(work, code) : code;
}

static void store_many_clear(struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        blob_free(&work->blobs[i]);
    work->count = 0;
    work->validated_count = 0;
    work->sharing = NULL;
}

/* With the lock held: do what is not done yet. */
static int store_many_again(struct store *store, void *data)
{
    struct work *work = data;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < work->edit_count && code == FOB_SUCCESS; i++) {
        if (!work->done[i])
            code = store_many_prepare(store, work, i);
    }
    if (code == FOB_SUCCESS)
        code = store_many_write(store, work);
    sharing_end(work->sharing, code);
    store_many_clear(work);
    return code;
}

static int store_many_begin(struct work *work, size_t count)
{
    work->done = calloc(count, sizeof *work->done);
    work->blobs = calloc(count, sizeof *work->blobs);
    work->records = calloc(count, sizeof *work->records);
    work->edit_of = calloc(count, sizeof *work->edit_of);
    work->validated = calloc(count, sizeof *work->validated);
    return work->done != NULL && work->blobs != NULL && work->records != NULL &&
                   work->edit_of != NULL && work->validated != NULL
               ? FOB_SUCCESS
               : error_nomem();
}

static void store_many_end(struct work *work)
{
    free(work->done);
    free(work->blobs);
    free(work->records);
    free(work->edit_of);
    free(work->validated);
}

int store_update_many(struct store *store, const struct store_edit *edits, size_t count,
                      store_edit_fn *change)
{
    struct work work = { .edits = edits, .edit_count = count, .change = change };
    int code = store_many_begin(&work, count);

    if (code == FOB_SUCCESS)
        code = store_with_lock(store, store_many_again, &work);
    store_many_end(&work);
    return code;
}

/* Records to be written as they are. */
struct whole {
    struct record *const *records;
    size_t count;
    struct blob *blobs;
    struct driver_record *changes;
};

/* Seal the records as their next versions. */
static int store_many_seal_whole(struct store *store, struct whole *whole)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < whole->count && code == FOB_SUCCESS; i++) {
        const struct record *record = whole->records[i];
        struct blob *blob = &whole->blobs[i];

        code = store_seal(store, record, blob);
        whole->changes[i] = (struct driver_record){
            record_name(record), { blob->data, blob->size }, record->stamp, FOB_SUCCESS
        };
    }
    return code;
}

/* After a write: the first record that somebody else has changed meanwhile is an error. */
static int store_many_note_whole(struct store *store, const struct whole *whole)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < whole->count; i++) {
        if (whole->changes[i].result == FOB_SUCCESS) {
            store_note_written(store, whole->records[i]);
        } else if (code == FOB_SUCCESS) {
            code = error_set(FOB_EXISTS, "%s: it was changed meanwhile",
                             record_name(whole->records[i]));
            error_hint("try again");
        }
    }
    return code;
}

static int store_many_write_whole(struct store *store, void *data)
{
    struct whole *whole = data;
    struct sharing *sharing = sharing_begin(store);
    int code = store_many_seal_whole(store, whole);

    for (size_t i = 0; i < whole->count; i++)
        sharing_add(sharing, whole->records[i]);
    if (code == FOB_SUCCESS)
        code = store->class->write_many(store->driver, whole->changes, whole->count);
    if (code == FOB_SUCCESS)
        code = store_many_note_whole(store, whole);
    sharing_end(sharing, code);
    for (size_t i = 0; i < whole->count; i++)
        blob_free(&whole->blobs[i]);
    return code;
}

int store_write_many(struct store *store, struct record *const *records, size_t count)
{
    struct whole whole = { records, count, calloc(count, sizeof *whole.blobs),
                           calloc(count, sizeof *whole.changes) };
    int code = whole.blobs != NULL && whole.changes != NULL
                   ? store_with_lock(store, store_many_write_whole, &whole)
                   : error_nomem();

    free(whole.blobs);
    free(whole.changes);
    return code;
}
