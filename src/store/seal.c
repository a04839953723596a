/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sealing records: a key and a nonce of its own for each, bound to the store and to the account's
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

static struct crypto_box box_of(const struct keyring *keyring, const unsigned char *head,
                                const char *name)
{
    static const char info[] = "fob record";

    return (struct crypto_box){
        .input = {
            { fob_secret_data(keyring->key), CRYPTO_KEY },
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

int seal_record(struct crypto *crypto, const struct keyring *keyring, const struct record *record,
                uint64_t version, struct blob *blob)
{
    struct fob_secret *plain = NULL;
    unsigned char *sealed = NULL;
    struct crypto_box box;
    size_t size;
    int code = codec_encode(record, &plain);

    if (code != FOB_SUCCESS)
        return code;
    size = fob_secret_size(plain);
    sealed = calloc(1, SEAL_HEAD + size + CRYPTO_TAG);
    if (sealed == NULL) {
        code = error_nomem();
        goto out;
    }
    memcpy(sealed, magic, sizeof magic);
    wire_put(sealed + AT_FORMAT, FORMAT_VERSION, 2);
    wire_put(sealed + AT_KEY_ID, keyring->key_id, 4);
    wire_put(sealed + AT_VERSION, version, 8);
    wire_put(sealed + AT_SIZE, size, 4);
    crypto_random(sealed + AT_SALT, CRYPTO_SALT);
    box = box_of(keyring, sealed, record_name(record));
    code = crypto_seal(crypto, &box, (struct span){ fob_secret_data(plain), size },
                       sealed + SEAL_HEAD);
    if (code == FOB_SUCCESS) {
        *blob = (struct blob){ sealed, SEAL_HEAD + size + CRYPTO_TAG };
        sealed = NULL;
    }
out:
    free(sealed);
    fob_secret_free(plain);
    return code;
}

static int damaged(const char *what, const char *why)
{
    error_set(FOB_CORRUPT, "%s: %s", what, why);
    error_hint("restore the file from a backup, or remove it and link the account again");
    return FOB_CORRUPT;
}

/* Check what can be checked before opening; gives the plaintext's SIZE. */
static int check_head(const struct keyring *keyring, const struct seal_source *source, size_t *size)
{
    const unsigned char *at = source->sealed.data;

    if (source->sealed.size < SEAL_HEAD + CRYPTO_TAG || memcmp(at, magic, sizeof magic) != 0)
        return damaged(source->what, "not a record of fob's, or cut short");
    if (wire_get(at + AT_FORMAT, 2) != FORMAT_VERSION || wire_get(at + AT_FLAGS, 2) != 0 ||
        wire_get(at + AT_ZERO, 4) != 0)
        return damaged(source->what, "damaged, or written by a newer fob");
    *size = (size_t)wire_get(at + AT_SIZE, 4);
    if (*size != source->sealed.size - SEAL_HEAD - CRYPTO_TAG || *size % CODEC_BLOCK != 0 ||
        *size > SECRET_MAX)
        return damaged(source->what, "damaged: its length is not what it says");
    if (wire_get(at + AT_KEY_ID, 4) != keyring->key_id)
        return damaged(source->what, "sealed under a key that this store does not have");
    return FOB_SUCCESS;
}

int seal_open(struct crypto *crypto, const struct keyring *keyring,
              const struct seal_source *source, struct record **record)
{
    const unsigned char *sealed = source->sealed.data;
    struct fob_secret *plain = NULL;
    struct crypto_box box;
    size_t size = 0;
    int code = check_head(keyring, source, &size);

    if (code == FOB_SUCCESS)
        code = secret_alloc(size, &plain);
    if (code != FOB_SUCCESS)
        return code;
    box = box_of(keyring, sealed, source->name);
    code = crypto_unseal(crypto, &box, (struct span){ sealed + SEAL_HEAD, size + CRYPTO_TAG },
                         secret_buffer(plain));
    if (code == FOB_CORRUPT)
        damaged(source->what, "damaged or altered, or it belongs to another account or store");
    if (code == FOB_SUCCESS)
        code = codec_decode(source->name, wire_get(sealed + AT_VERSION, 8), plain, record);
    /* On success it is the record's. */
    if (code != FOB_SUCCESS)
        fob_secret_free(plain);
    return code;
}

uint64_t seal_version(struct span sealed)
{
    const unsigned char *at = sealed.data;

    if (sealed.size < SEAL_HEAD || memcmp(at, magic, sizeof magic) != 0)
        return 0;
    return wire_get(at + AT_VERSION, 8);
}
