/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The store: unlocked once, then read without a lock and written under one. */
#include "config.h"

#include "store/store.h"

#include "store/driver.h"
#include "store/key_file.h"
#include "store/keyring.h"
#include "store/record_impl.h"
#include "store/seal.h"
#include "util/error.h"
#include "util/text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store {
    const struct driver_class *class;
    struct driver *driver;
    struct keyring *keyring;        /* not changed any more once UNLOCKED */
    struct store_settings settings; /* its strings are the store's own */
    char *path;
    char *key_file;
    char *header_name;
    pthread_mutex_t unlocking;
    atomic_bool unlocked;
    /* Handles that nobody uses at the moment, or NULL: opening them costs more than a record. */
    _Atomic(struct crypto *) spare;
};

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
    int code = store->class->read_header(store->driver, &blob);

    if (code != FOB_SUCCESS)
        return code;
    store->header_name = store->class->describe(store->driver, NULL);
    if (store->header_name == NULL)
        code = error_nomem();
    else
        code = keyring_decode((struct span){ blob.data, blob.size }, store->header_name,
                              &store->keyring);
    blob_free(&blob);
    return code;
}

int store_open(const struct store_settings *settings, struct store **store)
{
    struct store *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    if (pthread_mutex_init(&new->unlocking, NULL) != 0) {
        free(new);
        return error_nomem();
    }
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
    keyring_free(store->keyring);
    store->class->close(store->driver);
    pthread_mutex_destroy(&store->unlocking);
    free(store->path);
    free(store->key_file);
    free(store->header_name);
    free(store);
}

static int unlock_by_key_file(struct store *store)
{
    struct fob_secret *material = NULL;
    int code = key_file_read(store->key_file, store->settings.user, &material);

    if (code == FOB_NOT_FOUND) {
        code = error_set(FOB_LOCKED, "%s: the key file of the store %s is missing", store->key_file,
                         store->path);
        error_hint("put back the key file that was made with the store, or configure key_file");
    }
    if (code != FOB_SUCCESS)
        return code;
    code = keyring_unlock(store->keyring, SLOT_KEY_FILE, material, store->header_name);
    if (code == FOB_LOCKED) {
        error_set(FOB_LOCKED, "%s: this key does not open the store %s", store->key_file,
                  store->path);
        error_hint("put back the key file that was made with the store, or configure key_file");
    }
    fob_secret_free(material);
    return code;
}

static int unlock_by_passphrase(struct store *store)
{
    struct fob_secret *passphrase = NULL;
    int code = store->settings.ask != NULL ? store->settings.ask(&passphrase, store->settings.data)
                                           : FOB_CONVERSATION;

    if (code == FOB_CONVERSATION) {
        error_set(FOB_LOCKED,
                  "%s: the store is locked: it wants its passphrase, and nobody gave it",
                  store->path);
        error_hint("run this on a terminal, where it can be asked for");
        return FOB_LOCKED;
    }
    if (code != FOB_SUCCESS)
        return code;
    code = keyring_unlock(store->keyring, SLOT_PASSPHRASE, passphrase, store->header_name);
    if (code == FOB_LOCKED) {
        error_set(FOB_LOCKED, "%s: wrong passphrase", store->path);
        error_hint("try again");
    }
    fob_secret_free(passphrase);
    return code;
}

/* The cheapest way first: a person is only asked when nothing else opens. */
static int unlock_locked(struct store *store)
{
    bool key_file = keyring_has(store->keyring, SLOT_KEY_FILE);
    bool passphrase = keyring_has(store->keyring, SLOT_PASSPHRASE);
    int code;

    if (!key_file && !passphrase)
        return error_set(FOB_LOCKED, "%s: it has no key slot that this fob can open",
                         store->header_name);
    code = key_file ? unlock_by_key_file(store) : FOB_LOCKED;
    if (code == FOB_LOCKED && passphrase)
        code = unlock_by_passphrase(store);
    return code;
}

int store_unlock(struct store *store)
{
    int code = FOB_SUCCESS;

    if (atomic_load_explicit(&store->unlocked, memory_order_acquire))
        return FOB_SUCCESS;
    pthread_mutex_lock(&store->unlocking);
    if (!atomic_load_explicit(&store->unlocked, memory_order_relaxed)) {
        code = unlock_locked(store);
        atomic_store_explicit(&store->unlocked, code == FOB_SUCCESS, memory_order_release);
    }
    pthread_mutex_unlock(&store->unlocking);
    return code;
}

static int borrow_crypto(struct store *store, struct crypto **crypto)
{
    *crypto = atomic_exchange(&store->spare, NULL);
    return *crypto != NULL ? FOB_SUCCESS : crypto_open(crypto);
}

static void return_crypto(struct store *store, struct crypto *crypto)
{
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
    int code = what != NULL ? borrow_crypto(store, &crypto) : error_nomem();

    if (code == FOB_SUCCESS) {
        code =
            seal_open(crypto, store->keyring, &(struct seal_source){ name, what, sealed }, record);
        return_crypto(store, crypto);
    }
    free(what);
    return code;
}

int store_read(struct store *store, const char *name, struct record **record)
{
    struct blob blob = { NULL, 0 };
    int code = check_name(name);

    if (code == FOB_SUCCESS)
        code = store->class->read(store->driver, name, &blob);
    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code == FOB_SUCCESS)
        code = open_sealed(store, name, (struct span){ blob.data, blob.size }, record);
    blob_free(&blob);
    return code;
}

int store_exists(struct store *store, const char *name)
{
    return text_is_name(name) ? store->class->exists(store->driver, name) : FOB_NOT_FOUND;
}

/* Seal RECORD as the version after the one it has, and write it in that one's place.  What was
 * written goes to BLOB. */
static int write_locked(struct store *store, const struct record *record, struct blob *blob)
{
    uint64_t version = record_version(record);
    struct crypto *crypto = NULL;
    int code = borrow_crypto(store, &crypto);

    if (code != FOB_SUCCESS)
        return code;
    code = seal_record(crypto, store->keyring, record, version + 1, blob);
    return_crypto(store, crypto);
    if (code == FOB_SUCCESS)
        code = store->class->write(store->driver, record_name(record),
                                   (struct span){ blob->data, blob->size }, version);
    return code;
}

/* Read back what was written: before a person throws the paper away, the store must have it.  What
 * is not as it was written goes, so that it can be tried again. */
static int verify_locked(struct store *store, const char *name, const struct blob *written)
{
    struct blob blob = { NULL, 0 };
    struct record *record = NULL;
    int code = store->class->read(store->driver, name, &blob);

    if (code == FOB_SUCCESS)
        code = open_sealed(store, name, (struct span){ blob.data, blob.size }, &record);
    if (code == FOB_SUCCESS &&
        (blob.size != written->size || memcmp(blob.data, written->data, blob.size) != 0))
        code = error_set(FOB_CORRUPT, "%s: what was read back is not what was written", name);
    if (code != FOB_SUCCESS)
        (void)store->class->erase(store->driver, name);
    record_free(record);
    blob_free(&blob);
    return code;
}

int store_insert(struct store *store, struct record *record)
{
    struct blob blob = { NULL, 0 };
    int lock = -1;
    int code = store_unlock(store);

    if (code == FOB_SUCCESS)
        code = store->class->lock(store->driver, &lock);
    if (code != FOB_SUCCESS)
        return code;
    record->version = 0;
    code = write_locked(store, record, &blob);
    if (code == FOB_SUCCESS)
        code = verify_locked(store, record->name, &blob);
    if (code == FOB_SUCCESS)
        record->version = 1;
    store->class->unlock(store->driver, lock);
    blob_free(&blob);
    return code;
}

int store_update(struct store *store, const char *name, store_change_fn *change, void *data)
{
    struct blob blob = { NULL, 0 };
    struct record *record = NULL;
    int lock = -1;
    int code = store_unlock(store);

    if (code == FOB_SUCCESS)
        code = store->class->lock(store->driver, &lock);
    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_SUCCESS)
        code = change(record, data);
    if (code == FOB_SUCCESS)
        code = write_locked(store, record, &blob);
    store->class->unlock(store->driver, lock);
    record_free(record);
    blob_free(&blob);
    return code;
}

int store_erase(struct store *store, const char *name, uint64_t generation)
{
    struct record *record = NULL;
    int lock = -1;
    int code = store_unlock(store);

    if (code == FOB_SUCCESS)
        code = store->class->lock(store->driver, &lock);
    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_SUCCESS && record_generation(record) != generation) {
        code = error_set(FOB_EXISTS, "%s: it was given new keys meanwhile, and is kept", name);
        error_hint("look at it, and try again");
    }
    if (code == FOB_SUCCESS)
        code = store->class->erase(store->driver, name);
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

    return code == FOB_SUCCESS ? keyring_derive(store->keyring, label, key) : code;
}

struct check {
    fob_finding_fn *fn;
    void *data;
    int code; /* the gravest so far */
};

static void take_code(struct check *check, int code)
{
    if (check->code == FOB_SUCCESS || code == FOB_CORRUPT)
        check->code = code;
}

/* The last error is a finding. */
static void find_error(struct check *check, int code)
{
    check->fn(false, fob_error(), check->data);
    take_code(check, code);
}

static void check_records(struct store *store, struct check *check, char **names, size_t count)
{
    char text[256];
    size_t bad = 0;
    size_t gone = 0;

    for (size_t i = 0; i < count; i++) {
        struct record *record = NULL;
        int code = store_read(store, names[i], &record);

        record_free(record);
        if (code == FOB_NOT_FOUND) {
            gone++;
        } else if (code != FOB_SUCCESS) {
            bad++;
            find_error(check, code);
        }
    }
    count -= gone;
    snprintf(text, sizeof text, "store: %zu of %zu accounts can be read", count - bad, count);
    check->fn(bad == 0, text, check->data);
}

int store_check(struct store *store, fob_finding_fn *fn, void *data)
{
    struct check check = { fn, data, FOB_SUCCESS };
    char **names = NULL;
    size_t count = 0;
    int code = store->class->check(store->driver, fn, data);

    if (code != FOB_SUCCESS)
        take_code(&check, code);
    code = store_unlock(store);
    if (code == FOB_SUCCESS)
        code = store_names(store, &names, &count);
    if (code != FOB_SUCCESS) {
        find_error(&check, code);
        return check.code;
    }
    check_records(store, &check, names, count);
    store_names_free(names, count);
    return check.code;
}

int store_repair(struct store *store, fob_finding_fn *fn, void *data)
{
    int lock = -1;
    /* Nobody writes now: what looks unfinished will never be finished. */
    int code = store->class->lock(store->driver, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store->class->repair(store->driver, fn, data);
    store->class->unlock(store->driver, lock);
    return code;
}
