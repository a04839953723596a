/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The store: records sealed under the store's key, kept by a driver. */
#include "config.h"

#include "store/store.h"

#include "store/bytes.h"
#include "store/driver.h"
#include "store/record_text.h"
#include "store/seal.h"
#include "store/slot.h"
#include "util/error.h"
#include "util/path.h"
#include "util/secret.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "FOBR"
#define FORMAT 1

/* Offsets in a record's file. */
enum {
    AT_VERSION = 4,
    AT_FLAGS = 6,
    AT_KEY_ID = 8,
    AT_RECORD_VERSION = 12,
    AT_SALT = 20,
    AT_LENGTH = 52,
    RECORD_FIXED = 56,
};

struct store {
    struct driver *driver;
    char *header_name; /* for messages */
    char *key_file;
    struct slot_source source;
    struct blob header;

    pthread_mutex_t lock; /* guards RING until it has a key; it never changes after */
    struct key_ring ring;
};

/* A new key, and what opens it: the key file unless there is a passphrase. */
static int make_header(const struct store_settings *settings, const struct fob_secret *passphrase,
                       struct blob *header)
{
    struct fob_secret *key_file = NULL;
    struct key_ring ring = { .key_id = 1 };
    int code = secret_alloc(SEAL_KEY, &ring.key);

    if (code == FOB_SUCCESS && passphrase == NULL)
        code = slot_write_key_file(settings->key_file, &key_file);
    if (code == FOB_SUCCESS) {
        seal_random(ring.id, sizeof ring.id);
        seal_random(secret_buffer(ring.key), SEAL_KEY);
        code = slot_make_header(&ring, key_file, passphrase, header);
        if (code != FOB_SUCCESS && key_file != NULL)
            unlink(settings->key_file);
    }
    fob_secret_free(ring.key);
    fob_secret_free(key_file);
    return code;
}

/* FOB_EXISTS when there is a store at PATH already. */
static int check_is_free(const char *path)
{
    struct driver *driver = NULL;
    int code = driver_open(path, &driver);

    driver_close(driver);
    if (code != FOB_SUCCESS)
        return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
    error_set(FOB_EXISTS, "%s: there is a store already", path);
    error_hint("nothing was changed; \"fob list\" shows what is in it");
    return FOB_EXISTS;
}

static int make_parent(const char *path)
{
    char *parent = strdup(path);
    char *slash = parent != NULL ? strrchr(parent, '/') : NULL;
    int code = FOB_SUCCESS;

    if (parent == NULL)
        return error_nomem();
    if (slash != NULL && slash != parent) {
        *slash = '\0';
        code = path_make_folders(parent, 0700);
    }
    free(parent);
    return code;
}

int store_create(const struct store_settings *settings, const struct fob_secret *passphrase)
{
    struct blob header = { NULL, 0 };
    int code = seal_init();

    if (code == FOB_SUCCESS && passphrase != NULL && fob_secret_size(passphrase) == 0)
        code = error_set(FOB_INVALID, "the passphrase must not be empty");
    if (code == FOB_SUCCESS)
        code = check_is_free(settings->path);
    if (code == FOB_SUCCESS)
        code = make_parent(settings->path);
    if (code == FOB_SUCCESS)
        code = make_header(settings, passphrase, &header);
    if (code != FOB_SUCCESS)
        return code;
    code = driver_create(settings->path, &header);
    /* The key of a store that did not come to be opens nothing. */
    if (code != FOB_SUCCESS && passphrase == NULL)
        unlink(settings->key_file);
    blob_free(&header);
    return code;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    driver_close(store->driver);
    fob_secret_free(store->ring.key);
    blob_free(&store->header);
    free(store->header_name);
    free(store->key_file);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

int store_open(const struct store_settings *settings, struct store **store)
{
    struct store *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    if (pthread_mutex_init(&new->lock, NULL) != 0) {
        free(new);
        return error_nomem();
    }
    new->header_name = path_join(settings->path, "header");
    new->key_file = strdup(settings->key_file);
    new->source = (struct slot_source){ new->key_file, settings->ask, settings->data };
    code = new->header_name != NULL && new->key_file != NULL ? seal_init() : error_nomem();
    if (code == FOB_SUCCESS)
        code = driver_open(settings->path, &new->driver);
    if (code == FOB_SUCCESS)
        code = driver_read_header(new->driver, &new->header);
    if (code == FOB_SUCCESS)
        code = slot_check_header(&new->header, new->header_name);
    if (code != FOB_SUCCESS) {
        store_close(new);
        return code;
    }
    *store = new;
    return FOB_SUCCESS;
}

/* The key, unlocked at the first call. */
static int unlock(struct store *store)
{
    int code = FOB_SUCCESS;

    pthread_mutex_lock(&store->lock);
    if (store->ring.key == NULL)
        code = slot_unlock(&store->header, store->header_name, &store->source, &store->ring);
    pthread_mutex_unlock(&store->lock);
    return code;
}

/* What authenticates a record beside its own header: the store's id and the account's name. */
struct context {
    unsigned char bytes[STORE_ID + 1 + FOB_NAME_MAX];
    size_t size;
};

static struct seal record_seal(const struct store *store, const unsigned char *head,
                               const char *name, struct context *context)
{
    size_t size = strlen(name);

    memcpy(context->bytes, store->ring.id, STORE_ID);
    context->bytes[STORE_ID] = (unsigned char)size;
    memcpy(context->bytes + STORE_ID + 1, name, size);
    context->size = STORE_ID + 1 + size;
    return (struct seal){
        .key = { fob_secret_data(store->ring.key), SEAL_KEY },
        .salt = { head + AT_SALT, SEAL_SALT },
        .info = "fob record 1",
        .aad = { { head, RECORD_FIXED }, { context->bytes, context->size } },
    };
}

static int damaged(const char *name, const char *why)
{
    error_set(FOB_CORRUPT, "%s: its record %s", name, why);
    error_hint("restore it from a backup, or link the account again");
    return FOB_CORRUPT;
}

/* Check a record's head and give the length of its ciphertext. */
static int check_head(const struct store *store, const char *name, const struct blob *blob,
                      size_t *size)
{
    if (blob->size < RECORD_FIXED + SEAL_TAG || memcmp(blob->data, MAGIC, strlen(MAGIC)) != 0)
        return damaged(name, "is not one of fob's");
    if (bytes_get16(blob->data + AT_VERSION) != FORMAT) {
        error_set(FOB_CONFIG, "%s: its record has format %u, this fob knows %d", name,
                  bytes_get16(blob->data + AT_VERSION), FORMAT);
        error_hint("it was written by a newer fob: use that one");
        return FOB_CONFIG;
    }
    *size = bytes_get32(blob->data + AT_LENGTH);
    if (*size > DRIVER_BLOB_MAX || blob->size != RECORD_FIXED + *size + SEAL_TAG ||
        bytes_get16(blob->data + AT_FLAGS) != 0)
        return damaged(name, "is cut short or altered");
    if (bytes_get32(blob->data + AT_KEY_ID) != store->ring.key_id)
        return damaged(name, "is sealed under a key that this store does not have");
    return FOB_SUCCESS;
}

static int open_record(const struct store *store, const char *name, const struct blob *blob,
                       struct record **record)
{
    struct fob_secret *plaintext = NULL;
    struct context context;
    struct seal seal;
    size_t size = 0;
    int code = check_head(store, name, blob, &size);

    if (code == FOB_SUCCESS)
        code = secret_alloc(size, &plaintext);
    if (code != FOB_SUCCESS)
        return code;
    seal = record_seal(store, blob->data, name, &context);
    code = seal_open(&seal, blob->data + RECORD_FIXED, size, secret_buffer(plaintext));
    if (code == FOB_CORRUPT)
        code = damaged(name, "was altered, renamed, or brought from another store");
    if (code == FOB_SUCCESS)
        code = record_decode(name, plaintext, record);
    if (code == FOB_SUCCESS)
        record_set_version(*record, bytes_get64(blob->data + AT_RECORD_VERSION));
    fob_secret_free(plaintext);
    return code;
}

static int seal_record(const struct store *store, const struct record *record, struct blob *blob)
{
    struct fob_secret *plaintext = NULL;
    struct context context;
    struct seal seal;
    unsigned char *data = NULL;
    size_t size;
    int code = record_encode(record, &plaintext);

    if (code != FOB_SUCCESS)
        return code;
    size = fob_secret_size(plaintext);
    data = calloc(1, RECORD_FIXED + size + SEAL_TAG);
    if (data == NULL) {
        code = error_nomem();
        goto out;
    }
    memcpy(data, MAGIC, strlen(MAGIC));
    bytes_put16(data + AT_VERSION, FORMAT);
    bytes_put32(data + AT_KEY_ID, store->ring.key_id);
    bytes_put64(data + AT_RECORD_VERSION, record_version(record));
    seal_random(data + AT_SALT, SEAL_SALT);
    bytes_put32(data + AT_LENGTH, (uint32_t)size);
    seal = record_seal(store, data, record_name(record), &context);
    code = seal_close(&seal, fob_secret_data(plaintext), size, data + RECORD_FIXED);
    if (code == FOB_SUCCESS) {
        *blob = (struct blob){ data, RECORD_FIXED + size + SEAL_TAG };
        data = NULL;
    }
out:
    free(data);
    fob_secret_free(plaintext);
    return code;
}

int store_read(struct store *store, const char *name, struct record **record)
{
    struct blob blob = { NULL, 0 };
    int code = driver_read(store->driver, name, &blob);

    if (code == FOB_SUCCESS)
        code = unlock(store);
    if (code == FOB_SUCCESS)
        code = open_record(store, name, &blob, record);
    blob_free(&blob);
    return code;
}

int store_exists(struct store *store, const char *name)
{
    return driver_exists(store->driver, name);
}

/* Seal and write, with the version after the one the record has. */
static int write_record(struct store *store, struct record *record, bool new)
{
    struct blob blob = { NULL, 0 };
    uint64_t version = record_version(record);
    int code;

    record_set_version(record, version + 1);
    code = seal_record(store, record, &blob);
    if (code == FOB_SUCCESS)
        code = driver_write(store->driver, record_name(record), &blob, new);
    if (code != FOB_SUCCESS)
        record_set_version(record, version);
    blob_free(&blob);
    return code;
}

int store_insert(struct store *store, struct record *record)
{
    struct record *check = NULL;
    int lock = -1;
    int code = unlock(store);

    if (code == FOB_SUCCESS)
        code = driver_lock(store->driver, &lock);
    if (code != FOB_SUCCESS)
        return code;
    code = write_record(store, record, true);
    if (code == FOB_SUCCESS)
        code = store_read(store, record_name(record), &check);
    record_free(check);
    driver_unlock(lock);
    return code;
}

int store_update(struct store *store, const char *name, store_change_fn *change, void *data)
{
    struct record *record = NULL;
    int lock = -1;
    int code = driver_lock(store->driver, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_SUCCESS)
        code = change(record, data);
    if (code == FOB_SUCCESS)
        code = write_record(store, record, false);
    record_free(record);
    driver_unlock(lock);
    return code;
}

int store_erase(struct store *store, const char *name, uint64_t generation)
{
    struct record *record = NULL;
    int lock = -1;
    int code = driver_lock(store->driver, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_SUCCESS && record_generation(record) != generation)
        code = error_set(FOB_EXISTS, "%s: was given new keys meanwhile; it is not erased", name);
    if (code == FOB_SUCCESS)
        code = driver_erase(store->driver, name);
    record_free(record);
    driver_unlock(lock);
    return code;
}

void store_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static int compare(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

static int list_names(struct store *store, char ***names, size_t *count,
                      void (*stray)(const char *file, void *data), void *data)
{
    char **found = NULL;
    size_t found_count = 0;
    int code = driver_list(store->driver, &found, &found_count, stray, data);

    if (code != FOB_SUCCESS) {
        store_names_free(found, found_count);
        return code;
    }
    if (found_count > 0)
        qsort(found, found_count, sizeof *found, compare);
    *names = found;
    *count = found_count;
    return FOB_SUCCESS;
}

int store_names(struct store *store, char ***names, size_t *count)
{
    return list_names(store, names, count, NULL, NULL);
}

struct check {
    fob_finding_fn *fn;
    void *data;
    int code;
};

static void find(struct check *check, int code)
{
    check->fn(false, fob_error(), check->data);
    if (check->code == FOB_SUCCESS || code == FOB_CORRUPT)
        check->code = code;
}

static void find_stray(const char *file, void *data)
{
    struct check *check = data;

    error_set(FOB_CORRUPT, "store: accounts/%s: not an account; left by an interrupted write",
              file);
    check->fn(false, fob_error(), check->data);
}

static void tell_count(const struct check *check, size_t good, size_t count)
{
    char text[64];

    snprintf(text, sizeof text, "store: %zu of %zu accounts are good", good, count);
    check->fn(good == count, text, check->data);
}

int store_check(struct store *store, fob_finding_fn *fn, void *data)
{
    struct check check = { fn, data, FOB_SUCCESS };
    char **names = NULL;
    size_t count = 0;
    size_t good = 0;
    int code = unlock(store);

    if (code == FOB_SUCCESS)
        code = list_names(store, &names, &count, find_stray, &check);
    if (code != FOB_SUCCESS) {
        find(&check, code);
        return check.code;
    }
    for (size_t i = 0; i < count; i++) {
        struct record *record = NULL;

        code = store_read(store, names[i], &record);
        record_free(record);
        if (code == FOB_SUCCESS)
            good++;
        else if (code != FOB_NOT_FOUND)
            find(&check, code);
        else
            good++; /* revoked meanwhile */
    }
    tell_count(&check, good, count);
    store_names_free(names, count);
    return check.code;
}
