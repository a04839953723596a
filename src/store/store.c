/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads a store's records, without a lock, and writes them, under one. */
#include "config.h"

#include "store/store_impl.h"

#include "store/record_impl.h"
#include "store/seal.h"
#include "store/sharing.h"
#include "util/error.h"
#include "util/names.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* Unseal the bytes that were read as NAME's record; the store must be unlocked. */
static int store_open_sealed(struct store *store, const char *name, struct span sealed,
                             struct record **record)
{
    char *what = store->class->describe(store->driver, name);
    int code = what != NULL ? seal_open(store_keyring(store),
                                        &(struct seal_source){ name, what, sealed }, record)
                            : error_nomem();

    free(what);
    return code;
}

/* Whether BLOB is sealed with a key that the store got after its header was read. */
static bool store_key_is_unknown(struct store *store, const struct blob *blob)
{
    uint32_t key_id = seal_key_id((struct span){ blob->data, blob->size });

    return key_id != 0 && keyring_key(store_keyring(store), key_id) == NULL;
}

/* Read NAME's blob again, with the keys that the store has now. */
static int store_read_again(struct store *store, const char *name, struct blob *blob,
                            struct driver_stamp *stamp)
{
    int code = store_refresh(store);

    blob_free(blob);
    return code == FOB_SUCCESS ? store->class->read(store->driver, name, blob, stamp) : code;
}

/*
 * Read NAME's blob, and unlock the keys that it is sealed with.  The store may have got another key
 * since its header was read.  While a mirror is being brought up to date, it may have the new
 * header and the old record.
 */
static int store_read_blob(struct store *store, const char *name, struct blob *blob,
                           struct driver_stamp *stamp)
{
    int code = store->class->read(store->driver, name, blob, stamp);

    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code == FOB_SUCCESS && store_key_is_unknown(store, blob))
        code = store_read_again(store, name, blob, stamp);
    if (code != FOB_SUCCESS || store->class->catch_up == NULL || !store_key_is_unknown(store, blob))
        return code;
    code = store->class->catch_up(store->driver);
    return code == FOB_SUCCESS ? store_read_again(store, name, blob, stamp) : code;
}

int store_read_any(struct store *store, const char *name, struct record **record)
{
    struct blob blob = { NULL, 0 };
    struct driver_stamp stamp;
    int code = record_is_name(name) ? FOB_SUCCESS : record_check_name(name);

    if (code == FOB_SUCCESS)
        code = store_read_blob(store, name, &blob, &stamp);
    if (code == FOB_SUCCESS)
        code = store_open_sealed(store, name, (struct span){ blob.data, blob.size }, record);
    if (code == FOB_SUCCESS)
        (*record)->stamp = stamp;
    blob_free(&blob);
    return code;
}

int store_read(struct store *store, const char *name, struct record **record)
{
    const int code = record_check_name(name);

    return code == FOB_SUCCESS ? store_read_any(store, name, record) : code;
}

int64_t store_stale(struct store *store)
{
    return store->class->stale != NULL ? store->class->stale(store->driver) : 0;
}

int store_exists(struct store *store, const char *name)
{
    return record_is_name(name) ? store->class->exists(store->driver, name) : FOB_NOT_FOUND;
}

/* (The driver checks that the file has the same bytes.) */
int store_seal(struct store *store, const struct record *record, struct blob *blob)
{
    struct record *opened = NULL;
    int code = seal_record(store_keyring(store), record, record_version(record) + 1, blob);

    if (code == FOB_SUCCESS)
        code = store_open_sealed(store, record_name(record),
                                 (struct span){ blob->data, blob->size }, &opened);
    record_free(opened);
    return code;
}

void store_note_written(struct store *store, struct record *record)
{
    record->version++;
    if (store->class->stamp(store->driver, record_name(record), &record->stamp) != FOB_SUCCESS)
        record->stamp = (struct driver_stamp){ { 0, 0 } };
}

/* Write RECORD in place of the blob that it was read from, and note the new blob's stamp. */
static int store_write_locked(struct store *store, struct record *record, struct file_room *room)
{
    struct sharing *sharing = sharing_begin(store);
    struct blob blob = { NULL, 0 };
    struct driver_record change;
    int code = store_seal(store, record, &blob);

    sharing_add(sharing, record);
    if (code == FOB_SUCCESS) {
        change = (struct driver_record){
            record_name(record), { blob.data, blob.size }, record->stamp, FOB_SUCCESS
        };
        code = store->class->write(store->driver, &change, room);
    }
    if (code == FOB_SUCCESS)
        store_note_written(store, record);
    sharing_end(sharing, code);
    blob_free(&blob);
    return code;
}

int store_insert_locked(struct store *store, struct record *record)
{
    record->version = 0;
    record->stamp = (struct driver_stamp){ { 0, 0 } };
    return store_write_locked(store, record, NULL);
}

static int store_insert_again(struct store *store, void *data)
{
    return store_insert_locked(store, data);
}

int store_insert(struct store *store, struct record *record)
{
    return store_with_lock(store, store_insert_again, record);
}

struct store_update_work {
    const char *name;
    struct file_room *room;
    store_change_fn *change;
    void *data;
    struct record **updated;
};

static int store_update_again(struct store *store, void *data)
{
    const struct store_update_work *work = data;
    struct record *record = NULL;
    int code = store_read_any(store, work->name, &record);

    if (code == FOB_SUCCESS)
        code = work->change(record, work->data);
    if (code == FOB_SUCCESS)
        code = store_write_locked(store, record, work->room);
    if (code != FOB_SUCCESS || work->updated == NULL) {
        record_free(record);
        return code;
    }
    *work->updated = record;
    return FOB_SUCCESS;
}

int store_update_in_room(struct store *store, const char *name, struct file_room *room,
                         store_change_fn *change, void *data, struct record **updated)
{
    struct store_update_work work = { name, room, change, data, updated };

    return store_with_lock(store, store_update_again, &work);
}

int store_update(struct store *store, const char *name, store_change_fn *change, void *data,
                 struct record **updated)
{
    return store_update_in_room(store, name, NULL, change, data, updated);
}

int store_erase_locked(struct store *store, const struct record *record)
{
    struct sharing *sharing = sharing_begin(store);
    int code;

    sharing_erase(sharing, record_name(record));
    code = store->class->erase(store->driver, record_name(record), &record->stamp);
    sharing_end(sharing, code);
    return code;
}

struct store_erase_work {
    const char *name;
    uint64_t generation;
};

static int store_erase_again(struct store *store, void *data)
{
    const struct store_erase_work *work = data;
    struct record *record = NULL;
    int code = store_read_any(store, work->name, &record);

    if (code == FOB_SUCCESS && record_generation(record) != work->generation) {
        code =
            error_set(FOB_CHANGED, "%s: it was given new keys meanwhile, and is kept", work->name);
        error_hint("look at it, and try again");
    }
    if (code == FOB_SUCCESS)
        code = store_erase_locked(store, record);
    record_free(record);
    return code;
}

int store_erase(struct store *store, const char *name, uint64_t generation)
{
    struct store_erase_work work = { name, generation };

    return store_with_lock(store, store_erase_again, &work);
}

struct store_listing {
    struct names found;
    const char *kind;
};

static int store_add_name(const char *name, void *data)
{
    struct store_listing *listing = data;
    const char *colon = strchr(name, ':');
    const size_t size = colon != NULL ? (size_t)(colon - name) : 0;

    if (listing->kind == NULL)
        return names_add(&listing->found, name, strlen(name));
    if (strlen(listing->kind) != size || strncmp(name, listing->kind, size) != 0)
        return FOB_SUCCESS;
    name = colon != NULL ? colon + 1 : name;
    return names_add(&listing->found, name, strlen(name));
}

int store_names_of(struct store *store, const char *kind, char ***names, size_t *count)
{
    struct store_listing listing = { { NULL, 0, 0 }, kind };
    int code = store->class->list(store->driver, store_add_name, &listing);

    if (code != FOB_SUCCESS) {
        names_free(listing.found.items, listing.found.count);
        return code;
    }
    names_sort(&listing.found);
    *names = listing.found.items;
    *count = listing.found.count;
    return FOB_SUCCESS;
}

int store_names(struct store *store, char ***names, size_t *count)
{
    return store_names_of(store, "", names, count);
}
