/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The store's header: read with suspicion, believed once its MAC was checked under the store's key.
 */
#include "config.h"

#include "store/keyring.h"

#include "util/error.h"
#include "util/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[8] = { 'F', 'O', 'B', 'S', 'T', 'O', 'R', 'E' };

#define FORMAT_VERSION 1
#define FIRST_KEY 1
#define TAG_SLOT 1

/* Offsets in the header. */
enum {
    AT_VERSION = sizeof magic,
    AT_FLAGS = AT_VERSION + 2,
    AT_KEY_ID = AT_FLAGS + 2,
    AT_STORE_ID = AT_KEY_ID + 4,
    AT_ITEMS = AT_STORE_ID + STORE_ID,
};
/* At the end: a MAC of what is before it, then a checksum that tells damage from a wrong key. */
#define ENDING ((size_t)2 * CRYPTO_HASH)

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    fob_secret_free(keyring->key);
    free(keyring->header);
    free(keyring);
}

/* CRYPTO_KEY bytes for PURPOSE, from the store's KEY. */
static int derive(const struct fob_secret *key, const unsigned char *store_id, const char *purpose,
                  void *derived)
{
    const struct crypto_input input = {
        { fob_secret_data(key), fob_secret_size(key) },
        { store_id, STORE_ID },
        { purpose, strlen(purpose) },
    };
    struct crypto *crypto = NULL;
    int code = crypto_open(&crypto);

    if (code == FOB_SUCCESS)
        code = crypto_hkdf(crypto, &input, derived, CRYPTO_KEY);
    crypto_close(crypto);
    return code;
}

static int header_mac(const struct fob_secret *key, struct span header,
                      unsigned char mac[static CRYPTO_HASH])
{
    const unsigned char *store_id = (const unsigned char *)header.data + AT_STORE_ID;
    unsigned char mac_key[CRYPTO_KEY];
    struct crypto *crypto = NULL;
    int code = derive(key, store_id, "fob header", mac_key);

    if (code == FOB_SUCCESS)
        code = crypto_open(&crypto);
    if (code == FOB_SUCCESS)
        code = crypto_hmac(crypto, (struct span){ mac_key, sizeof mac_key }, header, mac);
    crypto_close(crypto);
    secret_wipe(mac_key, sizeof mac_key);
    return code;
}

/* Write the header of a store with KEY to HEADER, which has room for it. */
static int compose(enum slot_kind kind, const struct fob_secret *material,
                   const struct fob_secret *key, unsigned char *header, size_t *size)
{
    const struct slot_plan plan = { kind, FIRST_KEY, header + AT_STORE_ID, key };
    unsigned char body[SLOT_BODY_MAX];
    unsigned char *end;
    size_t body_size;
    int code;

    memcpy(header, magic, sizeof magic);
    wire_put(header + AT_VERSION, FORMAT_VERSION, 2);
    wire_put(header + AT_FLAGS, 0, 2);
    wire_put(header + AT_KEY_ID, FIRST_KEY, 4);
    crypto_random(header + AT_STORE_ID, STORE_ID);
    code = slot_wrap(&plan, material, body, &body_size);
    if (code != FOB_SUCCESS)
        return code;
    end = wire_put_item(header + AT_ITEMS, TAG_SLOT, body, body_size);
    code = header_mac(key, (struct span){ header, (size_t)(end - header) }, end);
    end += CRYPTO_HASH;
    crypto_sha256((struct span){ header, (size_t)(end - header) }, end);
    *size = (size_t)(end + CRYPTO_HASH - header);
    return code;
}

int keyring_create(enum slot_kind kind, const struct fob_secret *material, unsigned char **header,
                   size_t *size)
{
    unsigned char *new = malloc(AT_ITEMS + WIRE_ITEM_EXTRA + SLOT_BODY_MAX + ENDING);
    struct fob_secret *key = NULL;
    int code;

    if (new == NULL)
        return error_nomem();
    code = crypto_ready();
    if (code == FOB_SUCCESS)
        code = secret_alloc(CRYPTO_KEY, &key);
    if (code == FOB_SUCCESS) {
        crypto_random(secret_buffer(key), CRYPTO_KEY);
        code = compose(kind, material, key, new, size);
    }
    fob_secret_free(key);
    if (code != FOB_SUCCESS) {
        free(new);
        return code;
    }
    *header = new;
    return FOB_SUCCESS;
}

static int damaged(const char *what, const char *why)
{
    error_set(FOB_CORRUPT, "%s: %s", what, why);
    error_hint("restore it from a backup: without it no account can be read");
    return FOB_CORRUPT;
}

static int newer(const char *what, const char *why, unsigned number)
{
    error_set(FOB_CONFIG, "%s: written by a newer fob (%s %u)", what, why, number);
    error_hint("update fob on this machine");
    return FOB_CONFIG;
}

/* Check all that is known to be the same in every version, then that this is ours. */
static int check_frame(struct span header, const char *what)
{
    const unsigned char *at = header.data;
    unsigned char sum[CRYPTO_HASH];
    unsigned version;
    unsigned flags;
    int code = crypto_ready();

    if (code != FOB_SUCCESS)
        return code;
    if (header.size < AT_ITEMS + ENDING || header.size > KEYRING_HEADER_MAX ||
        memcmp(at, magic, sizeof magic) != 0)
        return damaged(what, "not the header of a fob store, or damaged");
    crypto_sha256((struct span){ at, header.size - CRYPTO_HASH }, sum);
    if (memcmp(at + header.size - CRYPTO_HASH, sum, sizeof sum) != 0)
        return damaged(what, "damaged: its checksum is wrong");
    version = (unsigned)wire_get(at + AT_VERSION, 2);
    flags = (unsigned)wire_get(at + AT_FLAGS, 2);
    if (version != FORMAT_VERSION)
        return newer(what, "format", version);
    return flags == 0 ? FOB_SUCCESS : newer(what, "flags", flags);
}

static int take_slots(struct keyring *keyring, struct span rest, const char *what)
{
    struct span item;
    uint8_t tag;

    while (rest.size > 0) {
        if (!wire_next_item(&rest, &tag, &item))
            return damaged(what, "damaged: its items do not fit");
        if (tag >= WIRE_SKIPPABLE)
            continue;
        if (tag != TAG_SLOT)
            return newer(what, "item", tag);
        if (keyring->slot_count == KEYRING_SLOTS_MAX)
            return damaged(what, "it has too many key slots");
        if (slot_parse(item, &keyring->slots[keyring->slot_count]) != FOB_SUCCESS)
            return damaged(what, "a key slot is malformed, or asks for more than fob will spend");
        keyring->slot_count++;
    }
    return FOB_SUCCESS;
}

int keyring_decode(struct span header, const char *what, struct keyring **keyring)
{
    struct keyring *new;
    int code = check_frame(header, what);

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
    code = take_slots(new, (struct span){ new->header + AT_ITEMS, header.size - AT_ITEMS - ENDING },
                      what);
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

/* The key out of the first slot of KIND that opens. */
static int open_slots(const struct keyring *keyring, enum slot_kind kind,
                      const struct fob_secret *material, struct fob_secret **key)
{
    int code = FOB_LOCKED;

    for (size_t i = 0; i < keyring->slot_count && code == FOB_LOCKED; i++) {
        const struct slot *slot = &keyring->slots[i];

        if (slot->kind == kind && slot->key_id == keyring->key_id)
            code = slot_unwrap(slot, keyring->store_id, material, key);
    }
    return code;
}

int keyring_unlock(struct keyring *keyring, enum slot_kind kind, const struct fob_secret *material,
                   const char *what)
{
    size_t covered = keyring->header_size - ENDING;
    unsigned char mac[CRYPTO_HASH];
    struct fob_secret *key = NULL;
    int code = open_slots(keyring, kind, material, &key);

    if (code == FOB_SUCCESS)
        code = header_mac(key, (struct span){ keyring->header, covered }, mac);
    if (code == FOB_SUCCESS &&
        !secret_equal(mac, sizeof mac, keyring->header + covered, CRYPTO_HASH))
        code = damaged(what, "somebody altered it: it does not fit the store's key");
    if (code != FOB_SUCCESS) {
        fob_secret_free(key);
        return code;
    }
    keyring->key = key;
    return FOB_SUCCESS;
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
        code = derive(keyring->key, keyring->store_id, purpose, secret_buffer(new));
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *key = new;
    return FOB_SUCCESS;
}
