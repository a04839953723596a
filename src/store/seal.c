/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Seals and opens records, each with its own key and nonce, bound to the store and to the account's
 * name. */
#include "config.h"

#include "store/seal.h"

#include "store/codec.h"
#include "util/error.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

static const char magic[8] = { 'F', 'O', 'B', 'R', 'E', 'C', 'R', 'D' };

#define FORMAT_VERSION 1

/* Offsets in a sealed record. */
enum {
    AT_FORMAT = sizeof magic,
    AT_FLAGS = AT_FORMAT + 2,
    AT_KEY_ID = AT_FLAGS + 2,
    AT_VERSION = AT_KEY_ID + 4,
    AT_SIZE = AT_VERSION + 8,
    AT_ZERO = AT_SIZE + 4,
    AT_SALT = AT_ZERO + 4,
    AT_SEALED = AT_SALT + CRYPTO_SALT,
};
_Static_assert(AT_SEALED == SEAL_HEAD, "fob-store(5)");

/* Sealed with the key that HEAD names; KEYRING must have it. */
static struct crypto_box seal_box(const struct keyring *keyring, const unsigned char *head,
                                  const char *name)
{
    static const char info[] = "fob record";
    uint32_t key_id = (uint32_t)wire_get(head + AT_KEY_ID, 4);

    return (struct crypto_box){
        .input = {
            crypto_key(keyring_key(keyring, key_id)),
            { head + AT_SALT, CRYPTO_SALT },
            { info, sizeof info - 1 },
        },
        .parts = {
            { head, SEAL_HEAD },
            { keyring->store_id, STORE_ID },
            { name, strlen(name) },
        },
    };
}

/* Seal PLAIN as VERSION of the record NAME. */
static int seal_plain(const struct keyring *keyring, const char *name,
                      const struct fob_secret *plain, uint64_t version, struct blob *blob)
{
    size_t size = fob_secret_size(plain);
    unsigned char *sealed = calloc(1, SEAL_HEAD + size + CRYPTO_TAG);
    struct crypto_box box;
    int code;

    if (sealed == NULL)
        return error_nomem();
    memcpy(sealed, magic, sizeof magic);
    wire_put(sealed + AT_FORMAT, FORMAT_VERSION, 2);
    wire_put(sealed + AT_KEY_ID, keyring->key_id, 4);
    wire_put(sealed + AT_VERSION, version, 8);
    wire_put(sealed + AT_SIZE, size, 4);
    code = crypto_random(sealed + AT_SALT, CRYPTO_SALT);
    box = seal_box(keyring, sealed, name);
    if (code == FOB_SUCCESS)
        code = crypto_seal(&box, crypto_key(plain), sealed + SEAL_HEAD);
    if (code != FOB_SUCCESS) {
        free(sealed);
        return code;
    }
    *blob = (struct blob){ sealed, SEAL_HEAD + size + CRYPTO_TAG };
    return FOB_SUCCESS;
}

int seal_record(const struct keyring *keyring, const struct record *record, uint64_t version,
                struct blob *blob)
{
    struct fob_secret *plain = NULL;
    int code = codec_encode(record, &plain);

    if (code == FOB_SUCCESS)
        code = seal_plain(keyring, record_name(record), plain, version, blob);
    fob_secret_free(plain);
    return code;
}

static int seal_fail_damaged(const char *what, const char *why)
{
    error_set(FOB_CORRUPT, "%s: %s", what, why);
    error_hint("restore the file from a backup, or move it away and link the account again");
    return FOB_CORRUPT;
}

/* Check what can be checked without the key; SIZE receives the plaintext's size. */
static int seal_check_head(const struct keyring *keyring, const struct seal_source *source,
                           size_t *size)
{
    const unsigned char *at = source->sealed.data;

    if (source->sealed.size < SEAL_HEAD + CRYPTO_TAG || memcmp(at, magic, sizeof magic) != 0)
        return seal_fail_damaged(source->what, "not a record of fob, or cut short");
    if (wire_get(at + AT_FORMAT, 2) != FORMAT_VERSION || wire_get(at + AT_FLAGS, 2) != 0 ||
        wire_get(at + AT_ZERO, 4) != 0)
        return seal_fail_damaged(source->what, "damaged, or written by a newer fob");
    *size = (size_t)wire_get(at + AT_SIZE, 4);
    if (*size != source->sealed.size - SEAL_HEAD - CRYPTO_TAG || *size % CODEC_BLOCK != 0 ||
        *size > SECRET_MAX)
        return seal_fail_damaged(source->what, "damaged: its length is not what it says");
    if (keyring_key(keyring, seal_key_id(source->sealed)) == NULL) {
        seal_fail_damaged(source->what, "sealed under a key that this store does not have");
        error_hint("an older header may have been restored: look for the newest, or restore the "
                   "store as a whole");
        return FOB_CORRUPT;
    }
    return FOB_SUCCESS;
}

static int seal_unseal(const struct keyring *keyring, const struct seal_source *source,
                       struct fob_secret **plain)
{
    const unsigned char *sealed = source->sealed.data;
    struct fob_secret *new = NULL;
    struct crypto_box box;
    size_t size = 0;
    int code = seal_check_head(keyring, source, &size);

    if (code == FOB_SUCCESS)
        code = secret_alloc(size, &new);
    if (code != FOB_SUCCESS)
        return code;
    box = seal_box(keyring, sealed, source->name);
    code = crypto_unseal(&box, (struct span){ sealed + SEAL_HEAD, size + CRYPTO_TAG },
                         secret_buffer(new));
    if (code == FOB_CORRUPT)
        seal_fail_damaged(source->what,
                          "damaged or altered, or it belongs to another account or store");
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *plain = new;
    return FOB_SUCCESS;
}

int seal_open(const struct keyring *keyring, const struct seal_source *source,
              struct record **record)
{
    struct fob_secret *plain = NULL;
    int code = seal_unseal(keyring, source, &plain);

    if (code != FOB_SUCCESS)
        return code;
    code = codec_decode(source->name, seal_version(source->sealed), plain, record);
    /* On success the record owns it. */
    if (code != FOB_SUCCESS)
        fob_secret_free(plain);
    return code;
}

int seal_again(const struct keyring *keyring, const struct seal_source *source, uint64_t version,
               struct blob *blob)
{
    struct fob_secret *plain = NULL;
    int code = seal_unseal(keyring, source, &plain);

    if (code == FOB_SUCCESS)
        code = seal_plain(keyring, source->name, plain, version, blob);
    fob_secret_free(plain);
    return code;
}

uint32_t seal_key_id(struct span sealed)
{
    const unsigned char *at = sealed.data;

    if (sealed.size < SEAL_HEAD || memcmp(at, magic, sizeof magic) != 0)
        return 0;
    return (uint32_t)wire_get(at + AT_KEY_ID, 4);
}

struct driver_stamp seal_stamp(struct span sealed)
{
    struct driver_stamp stamp = { { 0, 0 } };

    if (seal_key_id(sealed) != 0)
        memcpy(&stamp, (const unsigned char *)sealed.data + AT_SALT, sizeof stamp);
    return stamp;
}

uint64_t seal_version(struct span sealed)
{
    const unsigned char *at = sealed.data;

    if (sealed.size < SEAL_HEAD || memcmp(at, magic, sizeof magic) != 0)
        return 0;
    return wire_get(at + AT_VERSION, 8);
}
