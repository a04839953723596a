/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what the store reads before and after it is authenticated: header, slots, records' items.
 */
#include "config.h"

/* Its frames are sealed here as a hostile owner of the key would. */
#include "store/backup.c"

#include "store/codec.h"
#include "store/key_file.h"
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
    struct record *record = NULL;

    seal_version(input);
    if (secret_alloc(CRYPTO_KEY, &keyring.key) == FOB_SUCCESS)
        seal_open(&keyring, &source, &record);
    record_free(record);
    fob_secret_free(keyring.key);
}

/* Each frame of the input: its kind, the size of its plaintext in two bytes, the plaintext. */
static void write_frames(struct backup *backup, struct span input)
{
    const unsigned char *at = input.data;
    size_t left = input.size;

    while (left > 3) {
        size_t size = ((size_t)at[1] << 8 | at[2]) % (left - 3) + 1;

        if (backup_put_frame(backup, at[0], (struct span){ at + 3, size }) != FOB_SUCCESS)
            abort();
        at += 3 + size;
        left -= 3 + size;
    }
}

/* A backup that is sealed as it should be, with whatever in it. */
static void fuzz_backup(struct span input)
{
    struct fob_secret *material = NULL;
    struct backup *backup = NULL;
    struct record *record = NULL;
    FILE *file = tmpfile();

    if (file == NULL || key_file_make(&material) != FOB_SUCCESS ||
        backup_create(file, "backup", SLOT_KEY_FILE, material, &backup) != FOB_SUCCESS)
        abort();
    write_frames(backup, input);
    backup_free(backup);
    rewind(file);
    if (backup_open(file, "backup", &backup) != FOB_SUCCESS ||
        backup_unlock(backup, material) != FOB_SUCCESS)
        abort();
    while (backup_next(backup, &record) == FOB_SUCCESS) {
        record_free(record);
        record = NULL;
    }
    backup_free(backup);
    fob_secret_free(material);
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(struct span) = { fuzz_header, fuzz_slot, fuzz_items, fuzz_sealed,
                                                    fuzz_backup };

    if (size > 0 && crypto_ready() == FOB_SUCCESS)
        targets[data[0] % 5]((struct span){ data + 1, size - 1 });
    return 0;
}
