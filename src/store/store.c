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

int store_read_any(struct store *store, const char *name, struct record **record)
{
    struct blob blob = { NULL, 0 };
    struct driver_stamp stamp;
    int code = record_is_name(name) ? FOB_SUCCESS : record_check_name(name);

    if (code == FOB_SUCCESS)
        code = store->class->read(store->driver, name, &blob, &stamp);
    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code == FOB_SUCCESS && store_key_is_unknown(store, &blob)) {
        blob_free(&blob);
        code = store_refresh(store);
        if (code == FOB_SUCCESS)
            code = store->class->read(store->driver, name, &blob, &stamp);
    }
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

int store_exists(struct store *store, const char *name)
{
    return record_is_name(name) ? store->class->exists(store->driver, name) : FOB_NOT_FOUND;
}

/* Seal RECORD as its next version, and check that it opens again, because a person may now throw
 * the only other copy away.  (The driver checks that the file has the same bytes.) */
static int store_seal_locked(struct store *store, const struct record *record, struct blob *blob)
{
    struct record *opened = NULL;
    int code = seal_record(store_keyring(store), record, record_version(record) + 1, blob);

    if (code == FOB_SUCCESS)
        code = store_open_sealed(store, record_name(record),
                                 (struct span){ blob->data, blob->size }, &opened);
    record_free(opened);
    return code;
}

/* Replace the stored record, which must have RECORD's version. */
static int store_write_locked(struct store *store, const struct record *record,
                              struct file_room *room)
{
    uint64_t version = record_version(record);
    struct sharing *sharing = sharing_begin(store);
    struct blob blob = { NULL, 0 };
    int code = store_seal_locked(store, record, &blob);

    sharing_add(sharing, record);
    if (code == FOB_SUCCESS)
        code = store->class->write(store->driver, record_name(record),
                                   (struct span){ blob.data, blob.size }, version, room);
    sharing_end(sharing, code);
    blob_free(&blob);
    return code;
}

int store_insert_locked(struct store *store, struct record *record)
{
    int code;

    record->version = 0;
    code = store_write_locked(store, record, NULL);
    if (code == FOB_SUCCESS)
        record->version = 1;
    return code;
}

int store_insert(struct store *store, struct record *record)
{
    int lock = -1;
    int code = store_lock_to_write(store, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store_insert_locked(store, record);
    store->class->unlock(store->driver, lock);
    return code;
}

/* With the lock held: seal RECORDS as their next versions into SEALED and BLOBS. */
static int store_seal_many(struct store *store, struct record *const *records, size_t count,
                           struct driver_record *sealed, struct blob *blobs)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = store_seal_locked(store, records[i], &blobs[i]);
        sealed[i] =
            (struct driver_record){ record_name(records[i]), { blobs[i].data, blobs[i].size } };
    }
    return code;
}

/* With the lock held: write RECORDS, which store_seal_many() has sealed. */
static int store_write_sealed(struct store *store, struct record *const *records, size_t count,
                              const struct driver_record *sealed)
{
    struct sharing *sharing = sharing_begin(store);
    int code;

    for (size_t i = 0; i < count; i++)
        sharing_add(sharing, records[i]);
    code = store->class->write_many(store->driver, sealed, count);
    sharing_end(sharing, code);
    return code;
}

/* With the lock held: check that each record still has the version that its caller saw. */
static int store_check_versions(struct store *store, struct record *const *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct blob blob = { NULL, 0 };
        struct driver_stamp stamp;
        int code = store->class->read(store->driver, records[i]->name, &blob, &stamp);
        uint64_t there = seal_version((struct span){ blob.data, blob.size });

        blob_free(&blob);
        if (code != FOB_SUCCESS && code != FOB_NOT_FOUND)
            return code;
        if (there == records[i]->version)
            continue;
        error_set(FOB_EXISTS, "%s: it was changed meanwhile", records[i]->name);
        error_hint("try again");
        return FOB_EXISTS;
    }
    return FOB_SUCCESS;
}

int store_write_many(struct store *store, struct record *const *records, size_t count)
{
    struct driver_record *sealed = calloc(count, sizeof *sealed);
    struct blob *blobs = calloc(count, sizeof *blobs);
    int lock = -1;
    int code = sealed != NULL && blobs != NULL ? store_lock_to_write(store, &lock) : error_nomem();

    if (code == FOB_SUCCESS) {
        code = store_check_versions(store, records, count);
        if (code == FOB_SUCCESS)
            code = store_seal_many(store, records, count, sealed, blobs);
        if (code == FOB_SUCCESS)
            code = store_write_sealed(store, records, count, sealed);
        for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
            records[i]->version++;
        store->class->unlock(store->driver, lock);
    }
    for (size_t i = 0; i < count && blobs != NULL; i++)
        blob_free(&blobs[i]);
    free(blobs);
    free(sealed);
    return code;
}

int store_lock_record(struct store *store, const char *name, int *lock, struct record **record)
{
    int code = store_lock_to_write(store, lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store_read_any(store, name, record);
    if (code != FOB_SUCCESS)
        store->class->unlock(store->driver, *lock);
    return code;
}

void store_unlock_record(struct store *store, int lock, struct record *record)
{
    store->class->unlock(store->driver, lock);
    record_free(record);
}

int store_update_in_room(struct store *store, const char *name, struct file_room *room,
                         store_change_fn *change, void *data)
{
    struct record *record;
    int lock;
    int code = store_lock_record(store, name, &lock, &record);

    if (code != FOB_SUCCESS)
        return code;
    code = change(record, data);
    if (code == FOB_SUCCESS)
        code = store_write_locked(store, record, room);
    store_unlock_record(store, lock, record);
    return code;
}

int store_update(struct store *store, const char *name, store_change_fn *change, void *data)
{
    return store_update_in_room(store, name, NULL, change, data);
}

int store_erase_locked(struct store *store, const char *name)
{
    struct sharing *sharing = sharing_begin(store);
    int code;

    sharing_erase(sharing, name);
    code = store->class->erase(store->driver, name);
    sharing_end(sharing, code);
    return code;
}

int store_erase(struct store *store, const char *name, uint64_t generation)
{
    struct record *record;
    int lock;
    int code = store_lock_record(store, name, &lock, &record);

    if (code != FOB_SUCCESS)
        return code;
    if (record_generation(record) != generation) {
        code = error_set(FOB_CHANGED, "%s: it was given new keys meanwhile, and is kept", name);
        error_hint("look at it, and try again");
    } else {
        code = store_erase_locked(store, name);
    }
    store_unlock_record(store, lock, record);
    return code;
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
