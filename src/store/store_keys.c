/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Changes a store's keys: its slots, a new key for all records, and the kernel's copy. */
#include "config.h"

#include "store/store_impl.h"

#include "store/kernel_key.h"
#include "store/seal.h"
#include "store/sharing.h"
#include "util/error.h"
#include "util/names.h"
#include "util/text.h"
#include "util/wait.h"

#include <errno.h>
#include <stdlib.h>

/* The most records in one batch.  Smaller batches are slower: for each new file, ext4 searches past
 * the files that were replaced lately. */
#define BATCH_RECORDS 8192
/* The most records when the disk has no room for a full batch. */
#define BATCH_RECORDS_SMALL 16
#define BATCH_BYTES ((size_t)16 * 1024 * 1024)

static struct store_slot keys_describe_slot(const struct slot *slot)
{
    struct store_slot public = {
        .number = slot->number,
        .kind = slot->kind,
        .made = slot->made,
        .label = slot->label,
    };

    if (slot->kind == SLOT_PASSPHRASE)
    public.cost = slot_cost(slot);
    return public;
}

void store_slots(struct store *store, store_slot_fn *fn, void *data)
{
    const struct keyring *keyring = store_keyring(store);
    bool more = true;

    for (size_t i = 0; i < keyring->slot_count && more; i++) {
        const struct store_slot slot = keys_describe_slot(&keyring->slots[i]);

        more = fn(&slot, data);
    }
}

/* Put the old header back when the new one might not survive a power cut: the caller then removes
 * the key file, so its slot must not stay. */
static void store_keys_put_back(struct store *store, const struct keyring *keyring, int code)
{
    const struct span header = { keyring->header, keyring->header_size };
    struct saved_error kept;
    int put;

    error_save(&kept);
    put = store->class->write_header(store->driver, header);
    error_restore(&kept, code);
    if (put == FOB_SUCCESS)
        error_hint("nothing was changed");
}

static int keys_fail_changed(void)
{
    error_set(FOB_EXISTS, "the store's keys were changed meanwhile");
    error_hint("try again");
    return FOB_EXISTS;
}

/* With the lock held: if CODE is FOB_SUCCESS, replace the stored header by HEADER, with KEY as for
 * store_install_header().  Frees HEADER. */
static int store_keys_write_header(struct store *store, int code, struct blob *header,
                                   const struct fob_secret *key)
{
    const struct keyring *present = store_keyring(store);

    if (code == FOB_SUCCESS) {
        code =
            store->class->write_header(store->driver, (struct span){ header->data, header->size });
        if (code == FOB_SUCCESS)
            code = store_install_header(store, header, key);
        if (code == DRIVER_AGAIN)
            code = keys_fail_changed();
        else if (code != FOB_SUCCESS)
            store_keys_put_back(store, present, code);
    }
    blob_free(header);
    return code;
}

struct keys_locks {
    int header;
    int store;
};

/* Wait for renewals, which could not read another header, and lock the store. */
static int keys_lock(struct store *store, struct keys_locks *locks)
{
    int code;

    locks->store = -1;
    code = store->class->lock_header(store->driver, false, &locks->header);
    if (code != FOB_SUCCESS)
        return code;
    code = store_lock_to_write(store, &locks->store);
    if (code != FOB_SUCCESS)
        store->class->unlock(store->driver, locks->header);
    return code;
}

static void keys_unlock(struct store *store, const struct keys_locks *locks)
{
    store->class->unlock(store->driver, locks->store);
    store->class->unlock(store->driver, locks->header);
}

int store_add_slot(struct store *store, const struct new_slot *slot, unsigned *number)
{
    struct blob header = { NULL, 0 };
    struct keys_locks locks;
    int code = keys_lock(store, &locks);

    if (code != FOB_SUCCESS)
        return code;
    code = keyring_add_slot(store_keyring(store), slot, &header, number);
    code = store_keys_write_header(store, code, &header, NULL);
    keys_unlock(store, &locks);
    return code;
}

int store_remove_slot(struct store *store, unsigned number)
{
    struct blob header = { NULL, 0 };
    struct keys_locks locks;
    int code = keys_lock(store, &locks);

    if (code != FOB_SUCCESS)
        return code;
    code = keyring_remove_slot(store_keyring(store), number, &header);
    code = store_keys_write_header(store, code, &header, NULL);
    keys_unlock(store, &locks);
    return code;
}

static int keys_fail_unopened(const struct slot *slot)
{
    static const char *const wanted[] = {
        [SLOT_KEY_FILE] = "name its key file with --key-file",
        [SLOT_PASSPHRASE] = "give its passphrase on a terminal or with --passphrase-file",
        [SLOT_COMMAND] = "see that key_command in fob.yaml(5) prints its key",
    };

    error_set(FOB_LOCKED, "key slot %u: nothing that was given opens it", slot->number);
    error_hint("%s; \"fob key remove %u\" ends it, if nobody needs it any more", wanted[slot->kind],
               slot->number);
    return FOB_LOCKED;
}

/* Get the MATERIAL from FN that opens SLOT. */
static int keys_find_material(const struct keyring *keyring, const struct slot *slot,
                              store_material_fn *fn, void *data, struct fob_secret **material)
{
    const struct store_slot public = keys_describe_slot(slot);
    bool reported = false; /* FN has set an error */
    int code = FOB_LOCKED;

    for (unsigned attempt = 0; code == FOB_LOCKED; attempt++) {
        struct fob_secret *given = NULL;
        struct fob_secret *key = NULL;

        code = fn(&public, attempt, &given, data);
        if (code == FOB_NOT_FOUND)
            return reported ? FOB_LOCKED : keys_fail_unopened(slot);
        reported = code == FOB_LOCKED && slot->kind == SLOT_COMMAND;
        if (code == FOB_SUCCESS)
            code = slot_unwrap(slot, keyring->store_id, given, &key);
        fob_secret_free(key);
        if (code == FOB_SUCCESS)
            *material = given;
        else
            fob_secret_free(given);
    }
    return code;
}

int store_test_slot(struct store *store, unsigned number, store_material_fn *fn, void *data)
{
    const struct keyring *keyring = store_keyring(store);
    const struct slot *slot = keyring_slot(keyring, number);
    struct fob_secret *material = NULL;
    int code;

    if (slot == NULL)
        return error_set(FOB_NOT_FOUND, "there is no key slot %u", number);
    code = keys_find_material(keyring, slot, fn, data, &material);
    fob_secret_free(material);
    return code;
}

struct materials {
    struct fob_secret *items[KEYRING_SLOTS_MAX];
};

static void keys_free_materials(struct materials *materials)
{
    for (size_t i = 0; i < KEYRING_SLOTS_MAX; i++)
        fob_secret_free(materials->items[i]);
}

/* With the lock held: replace the header by one with a new key.  KEYRING is the one for whose slots
 * MATERIALS were provided. */
static int keys_begin_locked(struct store *store, const struct keyring *keyring,
                             const struct materials *materials)
{
    struct blob header = { NULL, 0 };
    struct fob_secret *key = NULL;
    int code;

    if (store_keyring(store) != keyring)
        return keys_fail_changed();
    code = keyring_begin_rotation(keyring, materials->items, &header, &key);
    code = store_keys_write_header(store, code, &header, key);
    fob_secret_free(key);
    /* A holder of the old key must no longer be able to read the index. */
    if (code == FOB_SUCCESS)
        store->class->remove_sharing(store->driver);
    return code;
}

/* Get the material for each slot before taking the lock, since a person may have to type it. */
static int store_keys_begin(struct store *store, const struct store_rotation *rotation)
{
    const struct keyring *keyring = store_keyring(store);
    struct materials materials = { { NULL } };
    struct keys_locks locks;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < keyring->slot_count && code == FOB_SUCCESS; i++)
        code = keys_find_material(keyring, &keyring->slots[i], rotation->material, rotation->data,
                                  &materials.items[i]);
    if (code == FOB_SUCCESS)
        code = keys_lock(store, &locks);
    if (code == FOB_SUCCESS) {
        code = keys_begin_locked(store, keyring, &materials);
        keys_unlock(store, &locks);
    }
    keys_free_materials(&materials);
    return code;
}

struct store_keys_batch {
    struct driver_record records[BATCH_RECORDS];
    struct blob blobs[BATCH_RECORDS];
    size_t count;
    size_t max;
    size_t bytes;
    size_t bad; /* records that cannot be opened */
};

static void store_keys_clear_batch(struct store_keys_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        blob_free(&batch->blobs[i]);
    batch->count = 0;
    batch->bytes = 0;
}

/* A record with the new key's number may be sealed with another key of that number, because a
 * restored header counts its keys from its own state. */
static int store_keys_verify_record(const struct keyring *keyring, const struct seal_source *source)
{
    struct record *record = NULL;
    int code = seal_open(keyring, source, &record);

    record_free(record);
    return code;
}

/* Seal SOURCE, which was read with STAMP, again, into BATCH. */
static int keys_seal_into(const struct keyring *keyring, const struct seal_source *source,
                          const struct driver_stamp *stamp, struct store_keys_batch *batch)
{
    struct blob *again = &batch->blobs[batch->count];
    int code = seal_again(keyring, source, seal_version(source->sealed) + 1, again);

    if (code != FOB_SUCCESS)
        return code;
    batch->records[batch->count++] =
        (struct driver_record){ source->name, { again->data, again->size }, *stamp, FOB_SUCCESS };
    batch->bytes += again->size;
    return FOB_SUCCESS;
}

/* Seal NAME's record again, into BATCH, unless that is done already. */
static int store_keys_add_to_batch(struct store *store, const char *name,
                                   struct store_keys_batch *batch)
{
    const struct keyring *keyring = store_keyring(store);
    struct blob blob = { NULL, 0 };
    char *what = store->class->describe(store->driver, name);
    struct seal_source source = { .name = name, .what = what };
    struct driver_stamp stamp;
    int code =
        what != NULL ? store->class->read(store->driver, name, &blob, &stamp) : error_nomem();

    source.sealed = (struct span){ blob.data, blob.size };
    if (code == FOB_SUCCESS)
        code = seal_key_id(source.sealed) == keyring->key_id
                   ? store_keys_verify_record(keyring, &source)
                   : keys_seal_into(keyring, &source, &stamp, batch);
    blob_free(&blob);
    free(what);
    if (code == FOB_CORRUPT)
        batch->bad++;
    return code == FOB_CORRUPT || code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/*
 * With the lock held: write BATCH.  TAKEN becomes 0 when it is to be sealed once more: the header
 * has changed, or the disk has no room for it, and later batches are smaller.
 *
 * A record that was written meanwhile needs nothing more: its writer used the new key.
 */
static int store_keys_write_batch(struct store *store, struct store_keys_batch *batch,
                                  size_t *taken)
{
    int code = store->class->write_many(store->driver, batch->records, batch->count);
    const bool full = code == FOB_SYSTEM && (errno == ENOSPC || errno == EDQUOT);

    if (code != DRIVER_AGAIN && (!full || batch->max == BATCH_RECORDS_SMALL))
        return code;
    error_clear();
    if (full)
        batch->max = BATCH_RECORDS_SMALL;
    batch->bad = 0;
    *taken = 0;
    return FOB_SUCCESS;
}

/* With the lock held: seal as many of the COUNT NAMES as fit into a batch; DONE receives their
 * number. */
static int keys_seal_batch(struct store *store, char *const *names, size_t count,
                           struct store_keys_batch *batch, size_t *done)
{
    size_t taken = 0;
    int code = FOB_SUCCESS;

    batch->bad = 0;
    while (taken < count && batch->count < batch->max && batch->bytes < BATCH_BYTES &&
           code == FOB_SUCCESS)
        code = store_keys_add_to_batch(store, names[taken++], batch);
    if (code == FOB_SUCCESS && batch->count > 0)
        code = store_keys_write_batch(store, batch, &taken);
    store_keys_clear_batch(batch);
    *done = taken;
    return code;
}

static int keys_seal_all(struct store *store, const struct store_rotation *rotation, char **names,
                         size_t count)
{
    struct store_keys_batch *batch = calloc(1, sizeof *batch);
    size_t done = 0;
    size_t bad = 0;
    int code = batch != NULL ? FOB_SUCCESS : error_nomem();

    if (batch != NULL)
        batch->max = BATCH_RECORDS;
    while (done < count && code == FOB_SUCCESS) {
        size_t taken = 0;
        int lock = -1;

        /* Release the lock between two batches, so that others can write. */
        code = store_lock_to_write(store, &lock);
        if (code != FOB_SUCCESS)
            break;
        wait_begin(0, "sealing under the new key: %zu of %zu record%s done", done, count,
                   text_plural(count));
        code = keys_seal_batch(store, names + done, count - done, batch, &taken);
        wait_end();
        store->class->unlock(store->driver, lock);
        done += taken;
        bad += batch->bad;
        if (code == FOB_SUCCESS && rotation->progress != NULL)
            rotation->progress(done, count, rotation->data);
    }
    if (code == FOB_SUCCESS && bad > 0) {
        code = error_set(FOB_CORRUPT, "%zu of %zu record%s could not be opened", bad, count,
                         text_plural(count));
        error_hint("\"fob check\" names them; the old key is kept until they are gone or restored");
    }
    free(batch);
    return code;
}

static int keys_seal_every_record(struct store *store, const struct store_rotation *rotation)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names_of(store, NULL, &names, &count);

    if (code == FOB_SUCCESS)
        code = keys_seal_all(store, rotation, names, count);
    names_free(names, count);
    return code;
}

/*
 * Every writer has used the new key since the header named it, so all records are sealed with it.
 * DONE is false when another rotation has begun since the records were sealed with KEY_ID; then
 * nothing is finished.
 */
static int store_keys_finish(struct store *store, uint32_t key_id, bool *done)
{
    struct blob header = { NULL, 0 };
    const struct keyring *keyring;
    struct keys_locks locks;
    int code = keys_lock(store, &locks);

    if (code != FOB_SUCCESS)
        return code;
    keyring = store_keyring(store);
    *done = !store_is_rotating(store) || keyring->key_id == key_id;
    if (*done && store_is_rotating(store)) {
        code =
            store_keys_write_header(store, keyring_end_rotation(keyring, &header), &header, NULL);
        if (code == FOB_SUCCESS)
            (void)kernel_key_forget(keyring, keyring->old_key_id);
    }
    keys_unlock(store, &locks);
    return code;
}

bool store_is_rotating(struct store *store)
{
    return store_keyring(store)->old_key_item.size > 0;
}

int store_rotate(struct store *store, const struct store_rotation *rotation)
{
    bool done = false;
    int code = store_unlock(store);

    if (code == FOB_SUCCESS && !store_is_rotating(store))
        code = store_keys_begin(store, rotation);
    while (code == FOB_SUCCESS && !done) {
        uint32_t key_id = store_keyring(store)->key_id;

        code = keys_seal_every_record(store, rotation);
        if (code == FOB_SUCCESS)
            code = store_keys_finish(store, key_id, &done);
    }
    if (code == FOB_SUCCESS)
        sharing_update(store);
    return code;
}

int store_keep_key(struct store *store, unsigned seconds)
{
    int code = store_unlock(store);

    return code == FOB_SUCCESS ? kernel_key_put(store_keyring(store), seconds) : code;
}

int store_forget_key(struct store *store)
{
    const struct keyring *keyring = store_keyring(store);

    return kernel_key_forget(keyring, keyring->key_id);
}
