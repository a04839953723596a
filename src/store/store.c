/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The store: unlocked once, then read without a lock and written under one. */
#include "config.h"

#include "store/store_impl.h"

#include "store/record_impl.h"
#include "store/seal.h"
#include "store/sharing.h"
#include "util/error.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int own_settings(struct store *store, const struct store_settings *settings)
{
    store->path = strdup(settings->path);
    store->key_file = strdup(settings->key_file);
    if (store->path == NULL || store->key_file == NULL)
        return error_nomem();
    store->settings = *settings;
    store->settings.path = store->path;
    store->settings.key_file = store->key_file;
    return FOB_SUCCESS;
}

static int read_header(struct store *store)
{
    struct blob blob = { NULL, 0 };
    struct keyring *keyring = NULL;
    int code = store->class->read_header(store->driver, &blob);

    if (code != FOB_SUCCESS)
        return code;
    store->header_name = store->class->describe(store->driver, NULL);
    if (store->header_name == NULL)
        code = error_nomem();
    else
        code = keyring_decode((struct span){ blob.data, blob.size }, store->header_name, &keyring);
    atomic_store(&store->keyring, keyring);
    blob_free(&blob);
    return code;
}

int store_open(const struct store_settings *settings, struct store **store)
{
    struct store *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    new->class = &driver_file;
    code = own_settings(new, settings);
    if (code == FOB_SUCCESS)
        code = new->class->open(new->path, settings->user, &new->driver);
    if (code == FOB_SUCCESS)
        code = read_header(new);
    if (code != FOB_SUCCESS) {
        store_close(new);
        return code;
    }
    *store = new;
    return FOB_SUCCESS;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    crypto_close(atomic_load(&store->spare));
    fob_secret_free(atomic_load(&store->log_key));
    for (struct keyring *older, *at = atomic_load(&store->keyring); at != NULL; at = older) {
        older = at->older;
        keyring_free(at);
    }
    store->class->close(store->driver);
    free(store->path);
    free(store->key_file);
    free(store->header_name);
    free(store);
}

static void push_keyring(struct store *store, struct keyring *new)
{
    new->older = atomic_load(&store->keyring);
    atomic_store_explicit(&store->keyring, new, memory_order_release);
}

/* With the mutex held: in a child of fork() the parent's keys are gone, and it begins again with
 * the header. */
static int renew_locked(struct store *store)
{
    const struct keyring *known = store_keyring(store);
    struct keyring *new = NULL;
    int code;

    if (known->key == NULL)
        return FOB_SUCCESS;
    code = keyring_decode((struct span){ known->header, known->header_size }, store->header_name,
                          &new);
    if (code == FOB_SUCCESS) {
        push_keyring(store, new);
        fob_secret_free(atomic_exchange(&store->log_key, NULL));
    }
    return code;
}

int store_unlock(struct store *store)
{
    int code = FOB_SUCCESS;

    if (store_is_unlocked(store))
        return FOB_SUCCESS;
    process_lock(&store->unlocking);
    if (!store_is_unlocked(store)) {
        code = renew_locked(store);
        if (code == FOB_SUCCESS)
            code = unlock_keyring(store, atomic_load(&store->keyring));
        if (code == FOB_SUCCESS)
            atomic_store_explicit(&store->unlocked, process_id(), memory_order_release);
    }
    process_unlock(&store->unlocking);
    return code;
}

bool store_is_unlocked(struct store *store)
{
    return atomic_load_explicit(&store->unlocked, memory_order_acquire) == process_id();
}

const char *store_opened_with(struct store *store, unsigned *slot)
{
    const struct keyring *keyring = store_keyring(store);

    *slot = keyring->opened_slot;
    return keyring->opened_with != NULL ? keyring->opened_with : "the key that was known";
}

/* Open NEW with the key that is known, if it is still the store's. */
static int accept_known(struct store *store, struct keyring *new)
{
    const struct keyring *known = store_keyring(store);
    struct fob_secret *key = NULL;
    int code;

    if (new->key_id != known->key_id || known->key == NULL)
        return FOB_LOCKED;
    code = fob_secret_new(fob_secret_data(known->key), fob_secret_size(known->key), &key);
    if (code == FOB_SUCCESS)
        code = keyring_accept(new, key, store->header_name);
    if (code != FOB_SUCCESS)
        fob_secret_free(key);
    return code;
}

/* With the mutex held: HEADER takes the present one's place, opened by KEY, or as it can be. */
static int replace_keyring(struct store *store, const struct blob *header,
                           const struct fob_secret *key)
{
    struct keyring *new = NULL;
    struct fob_secret *copy = NULL;
    int code =
        keyring_decode((struct span){ header->data, header->size }, store->header_name, &new);

    if (code != FOB_SUCCESS)
        return code;
    if (key != NULL) {
        code = fob_secret_new(fob_secret_data(key), fob_secret_size(key), &copy);
        if (code == FOB_SUCCESS)
            code = keyring_accept(new, copy, store->header_name);
        if (code != FOB_SUCCESS)
            fob_secret_free(copy);
    } else {
        code = accept_known(store, new);
        if (code == FOB_LOCKED)
            code = unlock_keyring(store, new);
    }
    if (code != FOB_SUCCESS) {
        keyring_free(new);
        return code;
    }
    push_keyring(store, new);
    return FOB_SUCCESS;
}

int store_take_header(struct store *store, const struct blob *header, const struct fob_secret *key)
{
    int code;

    process_lock(&store->unlocking);
    code = replace_keyring(store, header, key);
    process_unlock(&store->unlocking);
    return code;
}

int store_refresh(struct store *store)
{
    struct blob blob = { NULL, 0 };
    const struct keyring *known;
    int code;

    process_lock(&store->unlocking);
    known = store_keyring(store);
    code = store->class->read_header(store->driver, &blob);
    if (code == FOB_SUCCESS &&
        (blob.size != known->header_size || memcmp(blob.data, known->header, blob.size) != 0))
        code = replace_keyring(store, &blob, NULL);
    process_unlock(&store->unlocking);
    blob_free(&blob);
    return code;
}

int store_lock_to_write(struct store *store, int *lock)
{
    int code = store_unlock(store);

    if (code == FOB_SUCCESS)
        code = store->class->lock(store->driver, lock);
    if (code != FOB_SUCCESS)
        return code;
    code = store_refresh(store);
    if (code != FOB_SUCCESS)
        store->class->unlock(store->driver, *lock);
    return code;
}

int store_borrow_crypto(struct store *store, struct crypto **crypto)
{
    *crypto = atomic_exchange(&store->spare, NULL);
    return *crypto != NULL ? FOB_SUCCESS : crypto_open(crypto);
}

void store_return_crypto(struct store *store, struct crypto *crypto)
{
    crypto_forget(crypto);
    crypto_close(atomic_exchange(&store->spare, crypto));
}

static int check_name(const char *name)
{
    return text_is_name(name) ? FOB_SUCCESS
                              : error_set(FOB_INVALID, "%s: not an account's name", name);
}

/* Open what was read as NAME's record; the store is unlocked. */
static int open_sealed(struct store *store, const char *name, struct span sealed,
                       struct record **record)
{
    struct crypto *crypto = NULL;
    char *what = store->class->describe(store->driver, name);
    int code = what != NULL ? store_borrow_crypto(store, &crypto) : error_nomem();

    if (code == FOB_SUCCESS) {
        code = seal_open(crypto, store_keyring(store), &(struct seal_source){ name, what, sealed },
                         record);
        store_return_crypto(store, crypto);
    }
    free(what);
    return code;
}

/* Whether what was read is sealed under a key that came after the header was read. */
static bool is_newer(struct store *store, const struct blob *blob)
{
    uint32_t key_id = seal_key_id((struct span){ blob->data, blob->size });

    return key_id != 0 && keyring_key(store_keyring(store), key_id) == NULL;
}

int store_read(struct store *store, const char *name, struct record **record)
{
    struct blob blob = { NULL, 0 };
    int code = check_name(name);

    if (code == FOB_SUCCESS)
        code = store->class->read(store->driver, name, &blob);
    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code == FOB_SUCCESS && is_newer(store, &blob)) {
        blob_free(&blob);
        code = store_refresh(store);
        if (code == FOB_SUCCESS)
            code = store->class->read(store->driver, name, &blob);
    }
    if (code == FOB_SUCCESS)
        code = open_sealed(store, name, (struct span){ blob.data, blob.size }, record);
    blob_free(&blob);
    return code;
}

int store_exists(struct store *store, const char *name)
{
    return text_is_name(name) ? store->class->exists(store->driver, name) : FOB_NOT_FOUND;
}

/* Seal RECORD as the version after the one it has, and see that it opens: before a person throws
 * the paper away, the store must have it.  (That the file has the same bytes, the driver sees.) */
static int seal_locked(struct store *store, const struct record *record, struct blob *blob)
{
    struct record *opened = NULL;
    struct crypto *crypto = NULL;
    int code = store_borrow_crypto(store, &crypto);

    if (code != FOB_SUCCESS)
        return code;
    code = seal_record(crypto, store_keyring(store), record, record_version(record) + 1, blob);
    store_return_crypto(store, crypto);
    if (code == FOB_SUCCESS)
        code = open_sealed(store, record_name(record), (struct span){ blob->data, blob->size },
                           &opened);
    record_free(opened);
    return code;
}

/* Write RECORD in the place of the version that it has. */
static int write_locked(struct store *store, const struct record *record)
{
    uint64_t version = record_version(record);
    struct sharing *sharing = sharing_begin(store);
    struct blob blob = { NULL, 0 };
    int code = seal_locked(store, record, &blob);

    sharing_add(sharing, record);
    if (code == FOB_SUCCESS)
        code = store->class->write(store->driver, record_name(record),
                                   (struct span){ blob.data, blob.size }, version);
    sharing_end(sharing, code);
    blob_free(&blob);
    return code;
}

int store_insert_locked(struct store *store, struct record *record)
{
    int code;

    record->version = 0;
    code = write_locked(store, record);
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
static int seal_many(struct store *store, struct record *const *records, size_t count,
                     struct driver_record *sealed, struct blob *blobs)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = seal_locked(store, records[i], &blobs[i]);
        sealed[i] =
            (struct driver_record){ record_name(records[i]), { blobs[i].data, blobs[i].size } };
    }
    return code;
}

/* With the lock held: write what seal_many() made of RECORDS. */
static int write_sealed(struct store *store, struct record *const *records, size_t count,
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

/* With the lock held: each record must be the one its caller saw. */
static int check_versions(struct store *store, struct record *const *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct blob blob = { NULL, 0 };
        int code = store->class->read(store->driver, records[i]->name, &blob);
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
        code = check_versions(store, records, count);
        if (code == FOB_SUCCESS)
            code = seal_many(store, records, count, sealed, blobs);
        if (code == FOB_SUCCESS)
            code = write_sealed(store, records, count, sealed);
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

int store_update(struct store *store, const char *name, store_change_fn *change, void *data)
{
    struct record *record = NULL;
    int lock = -1;
    int code = store_lock_to_write(store, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_SUCCESS)
        code = change(record, data);
    if (code == FOB_SUCCESS)
        code = write_locked(store, record);
    store->class->unlock(store->driver, lock);
    record_free(record);
    return code;
}

int store_erase_locked(struct store *store, const char *name)
{
    struct sharing *sharing = sharing_begin(store);
    int code;

    sharing_drop(sharing, name);
    code = store->class->erase(store->driver, name);
    sharing_end(sharing, code);
    return code;
}

int store_erase(struct store *store, const char *name, uint64_t generation)
{
    struct record *record = NULL;
    int lock = -1;
    int code = store_lock_to_write(store, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_SUCCESS && record_generation(record) != generation) {
        code = error_set(FOB_CHANGED, "%s: it was given new keys meanwhile, and is kept", name);
        error_hint("look at it, and try again");
    }
    if (code == FOB_SUCCESS)
        code = store_erase_locked(store, name);
    store->class->unlock(store->driver, lock);
    record_free(record);
    return code;
}

struct names {
    char **items;
    size_t count;
    size_t room;
};

static int add_name(const char *name, void *data)
{
    struct names *names = data;

    if (names->count == names->room) {
        size_t room = names->room > 0 ? 2 * names->room : 64;
        char **items = reallocarray(names->items, room, sizeof *items);

        if (items == NULL)
            return error_nomem();
        names->items = items;
        names->room = room;
    }
    names->items[names->count] = strdup(name);
    if (names->items[names->count] == NULL)
        return error_nomem();
    names->count++;
    return FOB_SUCCESS;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

int store_names(struct store *store, char ***names, size_t *count)
{
    struct names found = { NULL, 0, 0 };
    int code = store->class->list(store->driver, add_name, &found);

    if (code != FOB_SUCCESS) {
        store_names_free(found.items, found.count);
        return code;
    }
    if (found.count > 0)
        qsort(found.items, found.count, sizeof *found.items, compare_names);
    *names = found.items;
    *count = found.count;
    return FOB_SUCCESS;
}

void store_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

int store_derive(struct store *store, const char *label, struct fob_secret **key)
{
    int code = store_unlock(store);

    return code == FOB_SUCCESS ? keyring_derive(store_keyring(store), label, key) : code;
}

/* The key of the log, which is the same for as long as the store is. */
static int log_key(struct store *store, const struct fob_secret **key)
{
    struct fob_secret *new = atomic_load_explicit(&store->log_key, memory_order_acquire);
    int code = FOB_SUCCESS;

    if (new == NULL) {
        process_lock(&store->unlocking);
        new = atomic_load(&store->log_key);
        if (new == NULL)
            code = keyring_log_key(store_keyring(store), &new);
        if (code == FOB_SUCCESS)
            atomic_store_explicit(&store->log_key, new, memory_order_release);
        process_unlock(&store->unlocking);
    }
    *key = new;
    return code;
}

int store_log_mac(struct store *store, const struct span *parts, size_t count,
                  unsigned char mac[static CRYPTO_HASH])
{
    const struct fob_secret *key;
    struct crypto *crypto = NULL;
    int code = store_unlock(store);

    if (code == FOB_SUCCESS)
        code = log_key(store, &key);
    if (code == FOB_SUCCESS)
        code = store_borrow_crypto(store, &crypto);
    if (code == FOB_SUCCESS)
        code = crypto_hmac(crypto, crypto_key(key), parts, count, mac);
    if (crypto != NULL)
        store_return_crypto(store, crypto);
    return code;
}
