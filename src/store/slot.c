/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Key slots: ways to the store's key, and the header that holds them. */
#include "config.h"

#include "store/slot.h"

#include "store/bytes.h"
#include "util/error.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC "FOBSTORE"
#define FORMAT 1

/* Offsets in the header. */
enum {
    AT_VERSION = 8,
    AT_SLOTS = 10,
    AT_KEY_ID = 12,
    AT_STORE_ID = 16,
    HEADER_FIXED = 32,
};
/* Offsets in a slot. */
enum {
    AT_KIND = 0,
    AT_SLOT_KEY_ID = 4,
    AT_SALT = 8,
    AT_MEMORY = 40,
    AT_PASSES = 44,
    AT_LANES = 48,
    AT_WRAPPED = 52,
    SLOT_SIZE = AT_WRAPPED + SEAL_KEY + SEAL_TAG,
};
#define MAC_SIZE 32
#define SLOTS_MAX 64

enum kind { KIND_KEY_FILE = 1, KIND_PASSPHRASE = 2 };

/* What a new passphrase slot costs, and the most that a header may ask for. */
static const struct seal_cost cost_new = { 64 * 1024, 3, 1 };
static const struct seal_cost cost_max = { 1024 * 1024, 64, 16 };

/* The key that wraps, by the slot's kind. */
static int slot_secret(const unsigned char *slot, const struct fob_secret *source,
                       struct fob_secret **secret)
{
    const struct seal_cost cost = { bytes_get32(slot + AT_MEMORY), bytes_get32(slot + AT_PASSES),
                                    bytes_get32(slot + AT_LANES) };
    const struct seal_bytes bytes = { fob_secret_data(source), fob_secret_size(source) };
    const struct seal_bytes salt = { slot + AT_SALT, SEAL_SALT };
    struct fob_secret *new = NULL;
    int code;

    if (slot[AT_KIND] == KIND_KEY_FILE)
        return fob_secret_new(bytes.data, bytes.size, secret);
    code = secret_alloc(SEAL_KEY, &new);
    if (code == FOB_SUCCESS)
        code = seal_argon2id(bytes, salt, &cost, secret_buffer(new));
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *secret = new;
    return FOB_SUCCESS;
}

static struct seal slot_seal(const unsigned char *header, const unsigned char *slot,
                             const struct fob_secret *secret)
{
    return (struct seal){
        .key = { fob_secret_data(secret), fob_secret_size(secret) },
        .salt = { slot + AT_SALT, SEAL_SALT },
        .info = "fob slot 1",
        .aad = { { header + AT_STORE_ID, STORE_ID }, { slot, AT_WRAPPED } },
    };
}

static int header_mac(const unsigned char *header, size_t size, const struct fob_secret *key,
                      unsigned char *mac)
{
    unsigned char mac_key[SEAL_KEY];
    int code = seal_hkdf((struct seal_bytes){ fob_secret_data(key), SEAL_KEY },
                         (struct seal_bytes){ header + AT_STORE_ID, STORE_ID }, "fob header 1",
                         mac_key, sizeof mac_key);

    if (code == FOB_SUCCESS)
        code = seal_mac((struct seal_bytes){ mac_key, sizeof mac_key },
                        (struct seal_bytes){ header, size }, mac);
    secret_wipe(mac_key, sizeof mac_key);
    return code;
}

int slot_make_header(const struct key_ring *ring, const struct fob_secret *key_file,
                     const struct fob_secret *passphrase, struct blob *header)
{
    const size_t size = HEADER_FIXED + SLOT_SIZE;
    unsigned char *data = calloc(1, size + MAC_SIZE);
    unsigned char *slot;
    struct fob_secret *secret = NULL;
    struct seal seal;
    int code;

    if (data == NULL)
        return error_nomem();
    memcpy(data, MAGIC, strlen(MAGIC));
    bytes_put16(data + AT_VERSION, FORMAT);
    bytes_put16(data + AT_SLOTS, 1);
    bytes_put32(data + AT_KEY_ID, ring->key_id);
    memcpy(data + AT_STORE_ID, ring->id, STORE_ID);
    slot = data + HEADER_FIXED;
    slot[AT_KIND] = passphrase != NULL ? KIND_PASSPHRASE : KIND_KEY_FILE;
    bytes_put32(slot + AT_SLOT_KEY_ID, ring->key_id);
    seal_random(slot + AT_SALT, SEAL_SALT);
    if (passphrase != NULL) {
        bytes_put32(slot + AT_MEMORY, cost_new.memory);
        bytes_put32(slot + AT_PASSES, cost_new.passes);
        bytes_put32(slot + AT_LANES, cost_new.lanes);
    }
    code = slot_secret(slot, passphrase != NULL ? passphrase : key_file, &secret);
    if (code == FOB_SUCCESS) {
        seal = slot_seal(data, slot, secret);
        code = seal_close(&seal, fob_secret_data(ring->key), SEAL_KEY, slot + AT_WRAPPED);
    }
    if (code == FOB_SUCCESS)
        code = header_mac(data, size, ring->key, data + size);
    fob_secret_free(secret);
    if (code != FOB_SUCCESS) {
        free(data);
        return code;
    }
    *header = (struct blob){ data, size + MAC_SIZE };
    return FOB_SUCCESS;
}

static bool slot_is_sound(const unsigned char *slot)
{
    uint32_t memory = bytes_get32(slot + AT_MEMORY);
    uint32_t passes = bytes_get32(slot + AT_PASSES);
    uint32_t lanes = bytes_get32(slot + AT_LANES);

    if (slot[AT_KIND] != KIND_PASSPHRASE)
        return memory == 0 && passes == 0 && lanes == 0;
    return lanes >= 1 && lanes <= cost_max.lanes && passes >= 1 && passes <= cost_max.passes &&
           memory >= 8 * lanes && memory <= cost_max.memory;
}

int slot_check_header(const struct blob *header, const char *what)
{
    const unsigned char *data = header->data;
    size_t slots;

    if (header->size < HEADER_FIXED || memcmp(data, MAGIC, strlen(MAGIC)) != 0)
        return error_set(FOB_CORRUPT, "%s: not the header of a fob store", what);
    if (bytes_get16(data + AT_VERSION) != FORMAT) {
        error_set(FOB_CONFIG, "%s: format %u, this fob knows %d", what,
                  bytes_get16(data + AT_VERSION), FORMAT);
        error_hint("it was written by a newer fob: use that one");
        return FOB_CONFIG;
    }
    slots = bytes_get16(data + AT_SLOTS);
    if (slots == 0 || slots > SLOTS_MAX ||
        header->size != HEADER_FIXED + slots * SLOT_SIZE + MAC_SIZE)
        return error_set(FOB_CORRUPT, "%s: %zu bytes is no size for %zu key slots", what,
                         header->size, slots);
    for (size_t i = 0; i < slots; i++) {
        if (!slot_is_sound(data + HEADER_FIXED + i * SLOT_SIZE))
            return error_set(FOB_CORRUPT, "%s: key slot %zu has values out of range", what, i + 1);
    }
    return FOB_SUCCESS;
}

/* Unwrap the key of one slot with SOURCE.  FOB_CORRUPT, without a message, when it does not open. */
static int open_slot(const struct blob *header, const unsigned char *slot,
                     const struct fob_secret *source, struct key_ring *ring)
{
    struct fob_secret *secret = NULL;
    struct fob_secret *key = NULL;
    struct seal seal;
    int code = slot_secret(slot, source, &secret);

    if (code == FOB_SUCCESS)
        code = secret_alloc(SEAL_KEY, &key);
    if (code == FOB_SUCCESS) {
        seal = slot_seal(header->data, slot, secret);
        code = seal_open(&seal, slot + AT_WRAPPED, SEAL_KEY, secret_buffer(key));
    }
    fob_secret_free(secret);
    if (code != FOB_SUCCESS) {
        fob_secret_free(key);
        return code;
    }
    ring->key = key;
    ring->key_id = bytes_get32(slot + AT_SLOT_KEY_ID);
    memcpy(ring->id, header->data + AT_STORE_ID, STORE_ID);
    return FOB_SUCCESS;
}

/* Try SOURCE on every slot of KIND.  FOB_CORRUPT, without a message, when none opens. */
static int open_slots(const struct blob *header, enum kind kind, const struct fob_secret *source,
                      struct key_ring *ring)
{
    size_t slots = bytes_get16(header->data + AT_SLOTS);
    int code = FOB_CORRUPT;

    for (size_t i = 0; i < slots && code == FOB_CORRUPT; i++) {
        const unsigned char *slot = header->data + HEADER_FIXED + i * SLOT_SIZE;

        if (slot[AT_KIND] == kind)
            code = open_slot(header, slot, source, ring);
    }
    return code;
}

static bool has_kind(const struct blob *header, enum kind kind)
{
    size_t slots = bytes_get16(header->data + AT_SLOTS);

    for (size_t i = 0; i < slots; i++) {
        if (header->data[HEADER_FIXED + i * SLOT_SIZE] == kind)
            return true;
    }
    return false;
}

static int unlock_by_key_file(const struct blob *header, const struct slot_source *source,
                              struct key_ring *ring)
{
    struct fob_secret *content = NULL;
    int code = slot_read_key_file(source->key_file, &content);

    if (code == FOB_SUCCESS) {
        code = open_slots(header, KIND_KEY_FILE, content, ring);
        if (code == FOB_CORRUPT) {
            code = error_set(FOB_LOCKED, "%s: this key does not open the store",
                             source->key_file);
            error_hint("put the key file back that was made with this store");
        }
    }
    fob_secret_free(content);
    return code;
}

static int unlock_by_passphrase(const struct blob *header, const struct slot_source *source,
                                struct key_ring *ring)
{
    struct fob_secret *passphrase = NULL;
    int code;

    if (source->ask == NULL) {
        error_set(FOB_LOCKED, "the store wants its passphrase, and there is nobody to ask");
        error_hint("run it on a terminal, or give --passphrase-file");
        return FOB_LOCKED;
    }
    code = source->ask(&passphrase, source->data);
    if (code == FOB_SUCCESS) {
        code = open_slots(header, KIND_PASSPHRASE, passphrase, ring);
        if (code == FOB_CORRUPT)
            code = error_set(FOB_LOCKED, "the passphrase does not open the store");
    }
    fob_secret_free(passphrase);
    return code;
}

int slot_unlock(const struct blob *header, const char *what, const struct slot_source *source,
                struct key_ring *ring)
{
    unsigned char mac[MAC_SIZE];
    struct key_ring found = { .key = NULL };
    int code = FOB_LOCKED;

    if (has_kind(header, KIND_KEY_FILE))
        code = unlock_by_key_file(header, source, &found);
    if (code != FOB_SUCCESS && code != FOB_NOMEM && has_kind(header, KIND_PASSPHRASE))
        code = unlock_by_passphrase(header, source, &found);
    if (code != FOB_SUCCESS)
        return code;
    code = header_mac(header->data, header->size - MAC_SIZE, found.key, mac);
    if (code == FOB_SUCCESS &&
        !secret_equal(mac, MAC_SIZE, header->data + header->size - MAC_SIZE, MAC_SIZE))
        code = error_set(FOB_CORRUPT, "%s: was altered", what);
    if (code != FOB_SUCCESS) {
        fob_secret_free(found.key);
        return code;
    }
    *ring = found;
    return FOB_SUCCESS;
}
