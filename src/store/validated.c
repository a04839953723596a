/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps validation times: entries of one size, appended, each authenticated by itself, so that
 * their order does not matter. */
#include "config.h"

#include "store/validated.h"

#include "store/store_impl.h"
#include "util/error.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Offsets in an entry. */
enum {
    AT_NAME = 0,
    AT_TIME = AT_NAME + 8,
    AT_MAC = AT_TIME + 8,
    ENTRY = AT_MAC + 16,
};
#define MAC (ENTRY - AT_MAC)
/* Far more than a store's accounts need. */
#define SIZE_MAX_READ ((size_t)256 * 1024 * 1024)

/* validated_tidy_rarely() tidies in one of TIDY_EACH calls. */
#define TIDY_EACH 64

struct validated {
    struct store *store;
    bool read;
    struct blob blob;
    size_t count;
};

/* The entry holds a hash, so that the file does not reveal names. */
static uint64_t validated_hash_of(const char *name)
{
    unsigned char hash[CRYPTO_HASH];

    crypto_sha256(wire_text(name), hash);
    return wire_get(hash, 8);
}

static int validated_make_mac(struct store *store, const struct record *record, int64_t when,
                              unsigned char mac[static CRYPTO_HASH])
{
    static const char label[] = "fob confirmed";
    const char *name = record_name(record);
    unsigned char numbers[16];
    const struct span parts[] = {
        { label, sizeof label },
        { numbers, sizeof numbers },
        { name, strlen(name) },
    };

    wire_put(numbers, record_generation(record), 8);
    wire_put(numbers + 8, (uint64_t)when, 8);
    return store_log_mac(store, parts, 3, mac);
}

/* By name, the newest first. */
static int validated_compare(const void *a, const void *b)
{
    const unsigned char *left = a;
    const unsigned char *right = b;
    int order = memcmp(left + AT_NAME, right + AT_NAME, 8);

    return order != 0 ? order : memcmp(right + AT_TIME, left + AT_TIME, 8);
}

static int validated_read_entries(struct validated *validated)
{
    struct store *store = validated->store;
    int code = store->class->read_validated != NULL
                   ? store->class->read_validated(store->driver, SIZE_MAX_READ, &validated->blob)
                   : FOB_NOT_FOUND;

    /* Bytes after the last whole entry are of a write that was cut short. */
    if (code == FOB_SUCCESS)
        validated->count = validated->blob.size / ENTRY;
    validated->read = code == FOB_SUCCESS || code == FOB_NOT_FOUND;
    return validated->read ? FOB_SUCCESS : code;
}

static void validated_sort_entries(struct validated *validated)
{
    if (validated->count > 0)
        qsort(validated->blob.data, validated->count, ENTRY, validated_compare);
}

int validated_open(struct store *store, struct validated **validated)
{
    struct validated *new = calloc(1, sizeof *new);

    if (new == NULL)
        return error_nomem();
    new->store = store;
    *validated = new;
    return FOB_SUCCESS;
}

void validated_free(struct validated *validated)
{
    if (validated == NULL)
        return;
    blob_free(&validated->blob);
    free(validated);
}

static const unsigned char *validated_entry_at(const struct validated *validated, size_t index)
{
    return validated->blob.data + index * ENTRY;
}

/* The index of the first entry of HASH, or where it would be. */
static size_t validated_find_first(const struct validated *validated, uint64_t hash)
{
    size_t low = 0;
    size_t high = validated->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (wire_get(validated_entry_at(validated, middle) + AT_NAME, 8) < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int validated_make_ready(struct validated *validated)
{
    int code;

    if (validated->read)
        return FOB_SUCCESS;
    code = validated_read_entries(validated);
    if (code == FOB_SUCCESS)
        validated_sort_entries(validated);
    return code;
}

int validated_apply(struct validated *validated, struct record *record)
{
    int64_t known = record_time(record, FOB_TIME_VALIDATED);
    uint64_t hash;
    int code = validated_make_ready(validated);

    if (code != FOB_SUCCESS || validated->count == 0)
        return code;
    hash = validated_hash_of(record_name(record));
    /* An account that was linked again counts its credentials from 0 again, so older entries must
     * not match. */
    if (record_time(record, FOB_TIME_LINKED) > known)
        known = record_time(record, FOB_TIME_LINKED);
    for (size_t i = validated_find_first(validated, hash); i < validated->count; i++) {
        const unsigned char *entry = validated_entry_at(validated, i);
        int64_t when = (int64_t)wire_get(entry + AT_TIME, 8);
        unsigned char mac[CRYPTO_HASH];

        if (wire_get(entry + AT_NAME, 8) != hash)
            return FOB_SUCCESS;
        /* A forged entry may have a time before 1970, which sorts as the newest. */
        if (when < known)
            continue;
        code = validated_make_mac(validated->store, record, when, mac);
        if (code != FOB_SUCCESS)
            return code;
        if (!secret_equal(mac, MAC, entry + AT_MAC, MAC))
            continue;
        record_set_time(record, FOB_TIME_VALIDATED, when);
        return FOB_SUCCESS;
    }
    return FOB_SUCCESS;
}

int validated_apply_one(struct store *store, struct record *record)
{
    struct validated *validated = NULL;
    int code = validated_open(store, &validated);

    if (code == FOB_SUCCESS)
        code = validated_apply(validated, record);
    validated_free(validated);
    return code;
}

int validated_add(struct store *store, const struct validated_time *times, size_t count)
{
    unsigned char *entries = calloc(count + 1, ENTRY);
    int code = entries != NULL ? FOB_SUCCESS : error_nomem();

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        const struct validated_time *one = &times[i];
        unsigned char *entry = entries + i * ENTRY;
        unsigned char mac[CRYPTO_HASH];

        wire_put(entry + AT_NAME, validated_hash_of(record_name(one->record)), 8);
        wire_put(entry + AT_TIME, (uint64_t)one->when, 8);
        code = validated_make_mac(store, one->record, one->when, mac);
        memcpy(entry + AT_MAC, mac, MAC);
    }
    if (code == FOB_SUCCESS)
        code = store->class->add_validated(store->driver, ENTRY,
                                           (struct span){ entries, count * ENTRY });
    free(entries);
    return code;
}

/* Keep only the newest entry of each name; returns their number. */
static size_t validated_keep_newest(struct validated *validated)
{
    unsigned char *entries = validated->blob.data;
    size_t kept = 0;

    for (size_t i = 0; i < validated->count; i++) {
        if (kept > 0 && memcmp(entries + (kept - 1) * ENTRY, entries + i * ENTRY, 8) == 0)
            continue;
        memmove(entries + kept++ * ENTRY, entries + i * ENTRY, ENTRY);
    }
    return kept;
}

/* With the lock held. */
static int validated_tidy_locked(struct validated *validated, size_t accounts)
{
    struct store *store = validated->store;
    size_t all;
    size_t kept;
    int code = validated_read_entries(validated);

    all = validated->count;
    if (code != FOB_SUCCESS || all / 4 < accounts)
        return code;
    validated_sort_entries(validated);
    kept = validated_keep_newest(validated);
    if (all == 0 || all / 4 < kept)
        return FOB_SUCCESS;
    return store->class->write_validated(store->driver,
                                         (struct span){ validated->blob.data, kept * ENTRY });
}

int validated_tidy(struct store *store, size_t accounts)
{
    struct validated *validated = NULL;
    int lock = -1;
    int code;

    if (store->class->write_validated == NULL)
        return FOB_SUCCESS;
    code = validated_open(store, &validated);
    if (code == FOB_SUCCESS)
        code = store_lock_to_write(store, &lock);
    if (code == FOB_SUCCESS)
        code = validated_tidy_locked(validated, accounts);
    if (lock >= 0)
        store->class->unlock(store->driver, lock);
    validated_free(validated);
    return code;
}

int validated_tidy_rarely(struct store *store)
{
    uint32_t chance = 0;

    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance ||
        chance % TIDY_EACH != 0)
        return FOB_SUCCESS;
    return validated_tidy(store, 0);
}
