/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Unlocks a store, locks it for writers, and follows changes of its header. */
#include "config.h"

#include "store/store_impl.h"

#include "util/error.h"

#include <stdlib.h>
#include <string.h>

/* How often store_with_lock() calls its function. */
#define LOCKED_TRIES 10

static void store_push_keyring(struct store *store, struct keyring *new)
{
    new->older = atomic_load(&store->keyring);
    atomic_store_explicit(&store->keyring, new, memory_order_release);
}

/* With the mutex held: in a forked child the parent's keys are gone, so parse the header again. */
static int store_renew_locked(struct store *store)
{
    const struct keyring *known = store_keyring(store);
    struct keyring *new = NULL;
    int code;

    if (known->key == NULL)
        return FOB_SUCCESS;
    code = keyring_decode((struct span){ known->header, known->header_size }, store->header_name,
                          &new);
    if (code == FOB_SUCCESS) {
        store_push_keyring(store, new);
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
        code = store_renew_locked(store);
        if (code == FOB_SUCCESS)
            code = unlock_keyring(store, atomic_load(&store->keyring));
        if (code == FOB_SUCCESS)
            atomic_store_explicit(&store->unlocked, process_id(), memory_order_release);
    }
    process_unlock(&store->unlocking);
    return code;
}

int store_copy_key(struct store *store, struct fob_secret **key)
{
    const struct fob_secret *own;
    int code = store_unlock(store);

    if (code != FOB_SUCCESS)
        return code;
    own = store_keyring(store)->key;
    return fob_secret_new(fob_secret_data(own), fob_secret_size(own), key);
}

int store_unlock_with(struct store *store, const struct fob_secret *key)
{
    struct fob_secret *copy = NULL;
    int code = fob_secret_new(fob_secret_data(key), fob_secret_size(key), &copy);

    process_lock(&store->unlocking);
    if (code == FOB_SUCCESS)
        code = keyring_accept(atomic_load(&store->keyring), copy, store->header_name);
    if (code == FOB_SUCCESS)
        atomic_store_explicit(&store->unlocked, process_id(), memory_order_release);
    else
        fob_secret_free(copy);
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

/* Unlock NEW with the present key, if that is still the store's. */
static int store_accept_known(struct store *store, struct keyring *new)
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

/* With the mutex held: replace the keyring by HEADER, unlocked with KEY or, when that is NULL, by
 * any method. */
static int store_replace_keyring(struct store *store, const struct blob *header,
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
        code = store_accept_known(store, new);
        if (code == FOB_LOCKED)
            code = unlock_keyring(store, new);
    }
    if (code != FOB_SUCCESS) {
        keyring_free(new);
        return code;
    }
    store_push_keyring(store, new);
    return FOB_SUCCESS;
}

int store_install_header(struct store *store, const struct blob *header,
                         const struct fob_secret *key)
{
    int code;

    process_lock(&store->unlocking);
    code = store_replace_keyring(store, header, key);
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
        code = store_replace_keyring(store, &blob, NULL);
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

int store_with_lock(struct store *store, store_locked_fn *fn, void *data)
{
    for (int i = 0; i < LOCKED_TRIES; i++) {
        int lock = -1;
        int code = store_lock_to_write(store, &lock);

        if (code != FOB_SUCCESS)
            return code;
        code = fn(store, data);
        store->class->unlock(store->driver, lock);
        if (code != DRIVER_AGAIN)
            return code;
    }
    error_set(FOB_UNAVAILABLE, "%s: other machines change the same at each moment", store->path);
    error_hint("try again");
    return FOB_UNAVAILABLE;
}

int store_derive(struct store *store, const char *label, struct fob_secret **key)
{
    int code = store_unlock(store);

    return code == FOB_SUCCESS ? keyring_derive(store_keyring(store), label, key) : code;
}

int store_log_key(struct store *store, const struct fob_secret **key)
{
    struct fob_secret *new;
    int code = store_unlock(store);

    if (code != FOB_SUCCESS)
        return code;
    new = atomic_load_explicit(&store->log_key, memory_order_acquire);
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
    int code = store_log_key(store, &key);

    return code == FOB_SUCCESS ? crypto_hmac(crypto_key(key), parts, count, mac) : code;
}
