/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what the store reads before and after it is authenticated: header, slots, records' items.
 */
#include "config.h"

#include "store/codec.h"
#include "store/keyring.h"
#include "store/seal.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_header(struct span input)
{
    struct keyring *keyring = NULL;
    unsigned char *header;

    keyring_decode(input, "header", &keyring);
    keyring_free(keyring);
    if (input.size < CRYPTO_HASH)
        return;
    /* Past the checksum, which no mutation would ever hit. */
    keyring = NULL;
    header = malloc(input.size);
    if (header == NULL)
        return;
    memcpy(header, input.data, input.size);
    crypto_sha256((struct span){ header, input.size - CRYPTO_HASH },
                  header + input.size - CRYPTO_HASH);
    keyring_decode((struct span){ header, input.size }, "header", &keyring);
    keyring_free(keyring);
    free(header);
}

static void fuzz_slot(struct span input)
{
    struct slot slot;

    slot_parse(input, &slot);
}

static void fuzz_items(struct span input)
{
    struct fob_secret *plain = NULL;
    struct record *record = NULL;

    if (fob_secret_new(input.data, input.size, &plain) != FOB_SUCCESS)
        return;
    if (codec_decode("acme", 1, plain, &record) != FOB_SUCCESS) {
        fob_secret_free(plain);
        return;
    }
    /* What can be read can be written. */
    plain = NULL;
    if (codec_encode(record, &plain) != FOB_SUCCESS)
        abort();
    fob_secret_free(plain);
    record_free(record);
}

static void fuzz_sealed(struct span input)
{
    const struct seal_source source = { "acme", "accounts/acme", input };
    struct keyring keyring = { .key_id = 1 };
    struct crypto *crypto = NULL;
    struct record *record = NULL;

    seal_version(input);
    if (crypto_open(&crypto) == FOB_SUCCESS &&
        secret_alloc(CRYPTO_KEY, &keyring.key) == FOB_SUCCESS)
        seal_open(crypto, &keyring, &source, &record);
    record_free(record);
    fob_secret_free(keyring.key);
    crypto_close(crypto);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(struct span) = { fuzz_header, fuzz_slot, fuzz_items,
                                                    fuzz_sealed };

    if (size > 0 && crypto_ready() == FOB_SUCCESS)
        targets[data[0] % 4]((struct span){ data + 1, size - 1 });
    return 0;
}
