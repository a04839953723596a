/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sealed records: the files accounts/NAME (fob-store(5)).
 */
#ifndef FOB_STORE_SEAL_H
#define FOB_STORE_SEAL_H

#include "store/driver.h"
#include "store/file.h"
#include "store/keyring.h"
#include "store/record.h"

/* No sealed record is larger. */
#define SEAL_MAX (4 * 1024 * 1024 + 4096)
/* seal_version() and seal_stamp() need only this many bytes. */
#define SEAL_HEAD 64

/* Seal RECORD as VERSION with the key of the unlocked KEYRING; the caller frees BLOB.  Returns
 * FOB_SUCCESS, FOB_INVALID (too large), FOB_SYSTEM, FOB_NOMEM. */
int seal_record(const struct keyring *keyring, const struct record *record, uint64_t version,
                struct blob *blob);

/* Where a sealed record was found. */
struct seal_source {
    const char *name; /* the account's name */
    const char *what; /* the file's name, for messages */
    struct span sealed;
};
/* Returns FOB_SUCCESS, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int seal_open(const struct keyring *keyring, const struct seal_source *source,
              struct record **record);

/*
 * Seal the plaintext of SOURCE again with the KEYRING's present key, as VERSION, without decoding
 * it.  The caller frees BLOB.  Returns as seal_open().
 */
int seal_again(const struct keyring *keyring, const struct seal_source *source, uint64_t version,
               struct blob *blob);

/* The number of the key that SEALED claims to be sealed with; 0 when SEALED is not a sealed
 * record. */
uint32_t seal_key_id(struct span sealed);
/* Identifies this sealing: a part of its salt.  All 0 when SEALED is not a sealed record. */
struct driver_stamp seal_stamp(struct span sealed);
/* The version that SEALED claims to have; 0 when SEALED is not a sealed record. */
uint64_t seal_version(struct span sealed);

#endif
