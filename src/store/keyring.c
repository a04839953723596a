/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses and unlocks the store's header, which is trusted only after its MAC was checked with the
 * store's key. */
#include "config.h"

#include "store/keyring_impl.h"
#include "store/slot_note.h"

#include "util/error.h"
#include "util/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    fob_secret_free(keyring->key);
    fob_secret_free(keyring->old_key);
    free(keyring->header);
    free(keyring);
}

/* Derive CRYPTO_KEY bytes for PURPOSE from the store's KEY. */
static int keyring_derive_bytes(const struct fob_secret *key, const unsigned char *store_id,
                                const char *purpose, void *derived)
{
    const struct crypto_input input = {
        crypto_key(key),
        { store_id, STORE_ID },
        { purpose, strlen(purpose) },
    };

    return crypto_hkdf(&input, derived, CRYPTO_KEY);
}

int keyring_mac(const struct fob_secret *key, struct span header,
                unsigned char mac[static CRYPTO_HASH])
{
    const unsigned char *store_id = (const unsigned char *)header.data + AT_STORE_ID;
    unsigned char mac_key[CRYPTO_KEY];
    int code = keyring_derive_bytes(key, store_id, "fob header", mac_key);

    if (code == FOB_SUCCESS)
        code = crypto_hmac((struct span){ mac_key, sizeof mac_key }, &header, 1, mac);
    secret_wipe(mac_key, sizeof mac_key);
    return code;
}

static int keyring_fail_damaged(const char *what, const char *why)
{
    error_set(FOB_CORRUPT, "%s: %s", what, why);
    error_hint("restore it from a backup: without it no account can be read");
    return FOB_CORRUPT;
}

static int keyring_fail_newer(const char *what, const char *why, unsigned number)
{
    error_set(FOB_CONFIG, "%s: written by a newer fob (%s %u)", what, why, number);
    error_hint("update fob on this machine");
    return FOB_CONFIG;
}

/* Check the parts that all versions share, then the version. */
static int keyring_check_frame(struct span header, const char *what)
{
    const unsigned char *at = header.data;
    unsigned char sum[CRYPTO_HASH];
    unsigned version;
    unsigned flags;
    int code = crypto_ready();

    if (code != FOB_SUCCESS)
        return code;
    if (header.size < AT_ITEMS + HEADER_ENDING || header.size > KEYRING_HEADER_MAX ||
        memcmp(at, HEADER_MAGIC, AT_VERSION) != 0)
        return keyring_fail_damaged(what, "not the header of a fob store, or damaged");
    crypto_sha256((struct span){ at, header.size - CRYPTO_HASH }, sum);
    if (memcmp(at + header.size - CRYPTO_HASH, sum, sizeof sum) != 0)
        return keyring_fail_damaged(what, "damaged: its checksum is wrong");
    version = (unsigned)wire_get(at + AT_VERSION, 2);
    flags = (unsigned)wire_get(at + AT_FLAGS, 2);
    if (version != HEADER_FORMAT)
        return keyring_fail_newer(what, "format", version);
    return flags == 0 ? FOB_SUCCESS : keyring_fail_newer(what, "flags", flags);
}

static int keyring_parse_slot(struct keyring *keyring, struct span item, const char *what)
{
    struct slot *slot = &keyring->slots[keyring->slot_count];

    if (keyring->slot_count == KEYRING_SLOTS_MAX)
        return keyring_fail_damaged(what, "it has too many key slots");
    if (slot_parse(item, slot) != FOB_SUCCESS)
        return keyring_fail_damaged(
            what, "a key slot is malformed, or asks for more than fob will spend");
    keyring->slot_count++;
    if (slot->number == 0)
        slot->number = (unsigned)keyring->slot_count;
    return FOB_SUCCESS;
}

/* An item that holds a key: at most one of its kind, of a fixed size. */
static int keyring_parse_wrapped(struct span *wrapped, struct span item, const char *what)
{
    if (wrapped->size != 0 || item.size != WRAPPED_SIZE)
        return keyring_fail_damaged(what, "damaged: a key in it is malformed");
    *wrapped = item;
    return FOB_SUCCESS;
}

static int keyring_fail_notes(const char *what)
{
    return keyring_fail_damaged(what, "damaged: its notes on the key slots are malformed");
}

static int keyring_parse_notes(struct keyring *keyring, struct span item, const char *what)
{
    if (keyring->slot_notes_item.data != NULL)
        return keyring_fail_notes(what);
    keyring->slot_notes_item = item;
    return FOB_SUCCESS;
}

static int keyring_parse_other(struct keyring *keyring, struct span item, const char *what)
{
    if (keyring->other_count == KEYRING_OTHERS_MAX)
        return keyring_fail_damaged(what, "it has too many items");
    keyring->others[keyring->other_count++] = item;
    return FOB_SUCCESS;
}

static int keyring_parse_items(struct keyring *keyring, struct span rest, const char *what)
{
    int code = FOB_SUCCESS;

    while (rest.size > 0 && code == FOB_SUCCESS) {
        const unsigned char *start = rest.data;
        struct span item;
        uint8_t tag;

        if (!wire_next_item(&rest, &tag, &item))
            return keyring_fail_damaged(what, "damaged: its items do not fit");
        if (tag == TAG_SLOT)
            code = keyring_parse_slot(keyring, item, what);
        else if (tag == TAG_OLD_KEY)
            code = keyring_parse_wrapped(&keyring->old_key_item, item, what);
        else if (tag == TAG_LOG_KEY)
            code = keyring_parse_wrapped(&keyring->log_key_item, item, what);
        else if (tag == TAG_SLOT_NOTES)
            code = keyring_parse_notes(keyring, item, what);
        else if (tag >= WIRE_SKIPPABLE)
            code = keyring_parse_other(keyring, (struct span){ start, item.size + WIRE_ITEM_EXTRA },
                                       what);
        else
            code = keyring_fail_newer(what, "item", tag);
    }
    /* The notes may come before their slots. */
    if (code == FOB_SUCCESS &&
        !slot_note_parse(keyring->slot_notes_item, keyring->slots, keyring->slot_count))
        code = keyring_fail_notes(what);
    return code;
}

int keyring_decode(struct span header, const char *what, struct keyring **keyring)
{
    struct keyring *new;
    int code = keyring_check_frame(header, what);

    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    new->header = malloc(header.size);
    if (new->header == NULL) {
        keyring_free(new);
        return error_nomem();
    }
    memcpy(new->header, header.data, header.size);
    new->header_size = header.size;
    memcpy(new->store_id, new->header + AT_STORE_ID, STORE_ID);
    new->key_id = (uint32_t)wire_get(new->header + AT_KEY_ID, 4);
    code = keyring_parse_items(
        new, (struct span){ new->header + AT_ITEMS, header.size - AT_ITEMS - HEADER_ENDING }, what);
    if (code != FOB_SUCCESS) {
        keyring_free(new);
        return code;
    }
    *keyring = new;
    return FOB_SUCCESS;
}

bool keyring_has(const struct keyring *keyring, enum slot_kind kind)
{
    for (size_t i = 0; i < keyring->slot_count; i++) {
        if (keyring->slots[i].kind == kind)
            return true;
    }
    return false;
}

/* Get the key from the first slot of KIND that MATERIAL opens. */
static int keyring_open_slots(struct keyring *keyring, enum slot_kind kind,
                              const struct fob_secret *material, struct fob_secret **key)
{
    int code = FOB_LOCKED;

    for (size_t i = 0; i < keyring->slot_count && code == FOB_LOCKED; i++) {
        const struct slot *slot = &keyring->slots[i];

        if (slot->kind == kind && slot->key_id == keyring->key_id)
            code = slot_unwrap(slot, keyring->store_id, material, key);
        if (code == FOB_SUCCESS)
            keyring->opened_slot = slot->number;
    }
    return code;
}

struct crypto_box keyring_wrapped_box(const struct fob_secret *key, const unsigned char *store_id,
                                      const unsigned char *item, const char *info)
{
    return (struct crypto_box){
        .input = {
            crypto_key(key),
            { item + AT_WRAPPED_SALT, CRYPTO_SALT },
            { info, strlen(info) },
        },
        .parts = { { store_id, STORE_ID }, { item, AT_WRAPPED_SEALED } },
    };
}

/* Unwrap the key in ITEM with the store's KEY. */
static int keyring_unwrap(const struct keyring *keyring, const struct fob_secret *key,
                          struct span item, const char *info, struct fob_secret **unwrapped)
{
    const unsigned char *at = item.data;
    const struct crypto_box box = keyring_wrapped_box(key, keyring->store_id, at, info);
    struct fob_secret *new = NULL;
    int code = secret_alloc(CRYPTO_KEY, &new);

    if (code == FOB_SUCCESS)
        code = crypto_unseal(
            &box, (struct span){ at + AT_WRAPPED_SEALED, WRAPPED_SIZE - AT_WRAPPED_SEALED },
            secret_buffer(new));
    if (code == FOB_CORRUPT)
        keyring_fail_damaged("the store's header", "a key in it does not open");
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *unwrapped = new;
    return FOB_SUCCESS;
}

int keyring_accept(struct keyring *keyring, struct fob_secret *key, const char *what)
{
    size_t covered = keyring->header_size - HEADER_ENDING;
    unsigned char mac[CRYPTO_HASH];
    struct fob_secret *old_key = NULL;
    int code = keyring_mac(key, (struct span){ keyring->header, covered }, mac);

    if (code == FOB_SUCCESS &&
        !secret_equal(mac, sizeof mac, keyring->header + covered, CRYPTO_HASH))
        code = keyring_fail_damaged(what, "somebody altered it: it does not fit the store's key");
    if (code == FOB_SUCCESS && keyring->old_key_item.size > 0)
        code = keyring_unwrap(keyring, key, keyring->old_key_item, WRAPPED_OLD_KEY, &old_key);
    if (code != FOB_SUCCESS)
        return code;
    keyring->key = key;
    keyring->old_key = old_key;
    if (old_key != NULL)
        keyring->old_key_id = (uint32_t)wire_get(keyring->old_key_item.data, 4);
    return FOB_SUCCESS;
}

int keyring_unlock(struct keyring *keyring, enum slot_kind kind, const struct fob_secret *material,
                   const char *what)
{
    struct fob_secret *key = NULL;
    int code = keyring_open_slots(keyring, kind, material, &key);

    if (code == FOB_SUCCESS)
        code = keyring_accept(keyring, key, what);
    if (code != FOB_SUCCESS)
        fob_secret_free(key);
    return code;
}

const struct slot *keyring_slot(const struct keyring *keyring, unsigned number)
{
    for (size_t i = 0; i < keyring->slot_count; i++) {
        if (keyring->slots[i].number == number)
            return &keyring->slots[i];
    }
    return NULL;
}

const struct fob_secret *keyring_key(const struct keyring *keyring, uint32_t key_id)
{
    if (key_id == keyring->key_id)
        return keyring->key;
    return keyring->old_key != NULL && key_id == keyring->old_key_id ? keyring->old_key : NULL;
}

int keyring_log_key(const struct keyring *keyring, struct fob_secret **key)
{
    if (keyring->log_key_item.size == 0)
        return keyring_derive(keyring, "log", key);
    return keyring_unwrap(keyring, keyring->key, keyring->log_key_item, WRAPPED_LOG_KEY, key);
}

int keyring_derive(const struct keyring *keyring, const char *label, struct fob_secret **key)
{
    char purpose[128];
    int size = snprintf(purpose, sizeof purpose, "fob derive %s", label);
    struct fob_secret *new = NULL;
    int code;

    if (size < 0 || (size_t)size >= sizeof purpose)
        return error_set(FOB_INVALID, "%s: too long for a key's label", label);
    code = secret_alloc(CRYPTO_KEY, &new);
    if (code == FOB_SUCCESS)
        code = keyring_derive_bytes(keyring->key, keyring->store_id, purpose, secret_buffer(new));
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *key = new;
    return FOB_SUCCESS;
}
