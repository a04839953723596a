/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Copies all records, lets the old store say that it has moved, and copies what was changed until
 * then.  So others may use the old store nearly to the end.
 */
#include "config.h"

#include "store/store_copy.h"

#include "store/seal.h"
#include "store/store_impl.h"
#include "store/validated.h"
#include "util/error.h"
#include "util/names.h"

#include <stdlib.h>
#include <string.h>

#define COPY_BATCH 256

struct copy {
    struct store *from;
    struct store *to;
    const struct store_copy_plan *plan;
    struct driver_record records[COPY_BATCH];
    struct blob blobs[COPY_BATCH];
    size_t count;
    size_t written;    /* in this pass */
    bool moved;        /* an earlier call got so far; the new store may be in use */
    struct names seen; /* in the old store, at the first pass */
};

static struct span copy_span(const struct blob *blob)
{
    return (struct span){ blob->data, blob->size };
}

/* Read NAME's sealed bytes, and their stamp; no bytes when there is no such record. */
static int copy_read(struct store *store, const char *name, struct blob *blob,
                     struct driver_stamp *stamp)
{
    int code = store->class->read(store->driver, name, blob, stamp);

    if (code != FOB_NOT_FOUND)
        return code;
    error_clear();
    *blob = (struct blob){ NULL, 0 };
    *stamp = (struct driver_stamp){ { 0, 0 } };
    return FOB_SUCCESS;
}

static bool copy_is_same(const struct blob *a, const struct blob *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static int copy_write_batch(struct store *store, void *data)
{
    struct copy *copy = data;
    int code = store->class->write_many(store->driver, copy->records, copy->count);

    for (size_t i = 0; i < copy->count && code == FOB_SUCCESS; i++) {
        if (copy->records[i].result == FOB_SUCCESS)
            continue;
        code = error_set(FOB_CHANGED, "%s: somebody has written to the new store already",
                         copy->records[i].name);
        error_hint("let nobody use it before it is complete");
    }
    return code;
}

static int copy_flush(struct copy *copy)
{
    int code = copy->count > 0 ? store_with_lock(copy->to, copy_write_batch, copy) : FOB_SUCCESS;

    for (size_t i = 0; i < copy->count; i++)
        blob_free(&copy->blobs[i]);
    copy->written += copy->count;
    copy->count = 0;
    return code;
}

static int copy_fail_used(const char *name)
{
    error_set(FOB_CHANGED, "%s: the new store has something that the old one has not", name);
    error_hint("somebody uses the new store already: remove what is there, and begin again");
    return FOB_CHANGED;
}

/* The new store has THERE under NAME, and not the SEALED bytes of the old one.  FOB_IGNORE when
 * that is to stay: the store has moved, and is in use. */
static int copy_judge(const struct copy *copy, const char *name, struct span sealed,
                      struct span there)
{
    if (there.size == 0 || seal_version(there) < seal_version(sealed))
        return FOB_SUCCESS;
    return copy->moved ? FOB_IGNORE : copy_fail_used(name);
}

/* Let the new store have NAME as the old one has it.  NAME lives until the batch is written. */
static int copy_record(struct copy *copy, const char *name)
{
    struct blob there = { NULL, 0 };
    struct driver_stamp expected;
    struct driver_stamp stamp;
    struct blob *blob = &copy->blobs[copy->count];
    int code = copy_read(copy->from, name, blob, &stamp);

    if (code == FOB_SUCCESS)
        code = copy_read(copy->to, name, &there, &expected);
    if (code == FOB_SUCCESS && !copy_is_same(blob, &there))
        code = copy_judge(copy, name, copy_span(blob), copy_span(&there));
    if (code != FOB_SUCCESS || blob->size == 0 || copy_is_same(blob, &there)) {
        blob_free(blob);
        blob_free(&there);
        return code == FOB_IGNORE ? FOB_SUCCESS : code;
    }
    blob_free(&there);
    copy->records[copy->count++] =
        (struct driver_record){ name, copy_span(blob), expected, FOB_SUCCESS };
    return copy->count == COPY_BATCH ? copy_flush(copy) : FOB_SUCCESS;
}

static int copy_erase(struct store *store, void *data)
{
    const char *name = data;
    struct driver_stamp stamp;
    struct blob blob;
    int code = copy_read(store, name, &blob, &stamp);

    if (code == FOB_SUCCESS && blob.size > 0)
        code = store->class->erase(store->driver, name, &stamp);
    blob_free(&blob);
    return code;
}

/* Before anything is copied: the new store has nothing that the old one has not. */
static int copy_check_others(const struct copy *copy)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names_of(copy->to, NULL, &names, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        if (copy->from->class->exists(copy->from->driver, names[i]) == FOB_NOT_FOUND)
            code = copy_fail_used(names[i]);
    }
    names_free(names, count);
    return code;
}

/* Erase from the new store what was erased from the old one since the first pass. */
static int copy_erase_gone(const struct copy *copy)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < copy->seen.count && code == FOB_SUCCESS; i++) {
        char *name = copy->seen.items[i];

        if (copy->from->class->exists(copy->from->driver, name) == FOB_NOT_FOUND)
            code = store_with_lock(copy->to, copy_erase, name);
    }
    return code;
}

/* One pass over all records. */
static int copy_pass(struct copy *copy)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names_of(copy->from, NULL, &names, &count);

    copy->written = 0;
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = copy_record(copy, names[i]);
        if (copy->plan->progress != NULL && (i + 1 == count || (i + 1) % COPY_BATCH == 0))
            copy->plan->progress(i + 1, count, copy->plan->data);
    }
    if (code == FOB_SUCCESS)
        code = copy_flush(copy);
    for (size_t i = 0; i < copy->count; i++)
        blob_free(&copy->blobs[i]);
    copy->count = 0;
    if (copy->seen.items == NULL)
        copy->seen = (struct names){ names, count, count };
    else
        names_free(names, count);
    return code;
}

/* Both must have the same header, and the old one no rotation. */
static int copy_check_header(const struct copy *copy)
{
    const struct keyring *from;
    const struct keyring *to;
    int code = store_refresh(copy->from);

    if (code == FOB_SUCCESS)
        code = store_refresh(copy->to);
    if (code != FOB_SUCCESS)
        return code;
    from = store_keyring(copy->from);
    to = store_keyring(copy->to);
    if (from->header_size == to->header_size &&
        memcmp(from->header, to->header, from->header_size) == 0)
        return FOB_SUCCESS;
    error_set(FOB_CHANGED, "%s: its keys were changed since the copy was begun", copy->from->path);
    error_hint("remove the new store, and begin again");
    return FOB_CHANGED;
}

struct copy_time {
    int64_t validated;
};

static int copy_set_time(struct record *record, void *data)
{
    const struct copy_time *time = data;

    record_set_time(record, FOB_TIME_VALIDATED, time->validated);
    return FOB_SUCCESS;
}

/* Put the times of validation that lie beside the records into them, for a store that has no other
 * place for them. */
static int copy_settle(struct store *from, const char *name)
{
    struct record *record = NULL;
    struct copy_time time;
    int64_t known;
    int code = store_read_any(from, name, &record);

    if (code != FOB_SUCCESS)
        return code;
    known = record_time(record, FOB_TIME_VALIDATED);
    code = validated_apply_one(from, record);
    time.validated = record_time(record, FOB_TIME_VALIDATED);
    record_free(record);
    return code == FOB_SUCCESS && time.validated != known
               ? store_update(from, name, copy_set_time, &time, NULL)
               : code;
}

static int copy_settle_all(const struct copy *copy)
{
    char **names = NULL;
    size_t count = 0;
    int code;

    if (copy->from->class->add_validated == NULL || copy->to->class->add_validated != NULL)
        return FOB_SUCCESS;
    code = store_names(copy->from, &names, &count);
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code = copy_settle(copy->from, names[i]);
    names_free(names, count);
    return code;
}

/* Copy what is there now, and let the old store say that it has moved. */
static int copy_and_retire(struct copy *copy)
{
    int code = copy_settle_all(copy);

    if (code == FOB_SUCCESS)
        code = copy_check_others(copy);
    if (code == FOB_SUCCESS)
        code = copy_check_header(copy);
    if (code == FOB_SUCCESS)
        code = copy_pass(copy);
    if (code == FOB_SUCCESS)
        code = copy_check_header(copy);
    return code == FOB_SUCCESS ? copy->from->class->retire(copy->from->driver, copy->plan->place)
                               : code;
}

/* The old store changes no more: copy what was changed until then. */
static int copy_rest(struct copy *copy)
{
    int code = copy_pass(copy);

    if (code == FOB_SUCCESS && !copy->moved)
        code = copy_erase_gone(copy);
    if (code == FOB_SUCCESS && !copy->moved)
        code = copy_check_header(copy);
    /* A pass that finds nothing to write has compared every byte. */
    if (code == FOB_SUCCESS)
        code = copy_pass(copy);
    return code == FOB_SUCCESS && copy->written > 0 ? copy_fail_used(copy->plan->to->path) : code;
}

static int copy_all(struct copy *copy)
{
    int code = FOB_SUCCESS;

    copy->moved = copy->from->class->has_moved(copy->from->driver);
    if (!copy->moved)
        code = copy_and_retire(copy);
    return code == FOB_SUCCESS ? copy_rest(copy) : code;
}

/* Make the new store, unless a call that was killed has, and open it. */
static int copy_open(struct copy *copy)
{
    const struct keyring *keyring;
    int code = store_unlock(copy->from);

    if (code != FOB_SUCCESS)
        return code;
    if (store_is_rotating(copy->from)) {
        error_set(FOB_CHANGED, "%s: it is getting a new key", copy->from->path);
        error_hint("\"fob key rotate\" finishes that");
        return FOB_CHANGED;
    }
    keyring = store_keyring(copy->from);
    code =
        store_create_copy(copy->plan->to, (struct span){ keyring->header, keyring->header_size });
    if (code == FOB_SUCCESS)
        code = store_open(copy->plan->to, &copy->to);
    if (code != FOB_SUCCESS)
        return code;
    code = store_unlock(copy->to);
    if (code == FOB_LOCKED || code == FOB_NOT_ALLOWED)
        error_hint("the new store has the same key slots: put a key that opens one where its "
                   "configuration says");
    return code;
}

int store_copy(struct store *from, const struct store_copy_plan *plan)
{
    struct copy *copy = calloc(1, sizeof *copy);
    int code;

    if (copy == NULL)
        return error_nomem();
    copy->from = from;
    copy->plan = plan;
    code = copy_open(copy);
    if (code == FOB_SUCCESS)
        code = copy_all(copy);
    store_close(copy->to);
    names_free(copy->seen.items, copy->seen.count);
    free(copy);
    return code;
}
