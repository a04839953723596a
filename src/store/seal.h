/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sealed records: what lies in accounts/NAME (fob-store(5)).
 */
#ifndef FOB_STORE_SEAL_H
#define FOB_STORE_SEAL_H

#include "store/file.h"
#include "store/keyring.h"
#include "store/record.h"

/* No sealed record is larger. */
#define SEAL_MAX (4 * 1024 * 1024 + 4096)
/* So much of it is enough for seal_version(). */
#define SEAL_HEAD 64

/* Seal RECORD as VERSION under the unlocked KEYRING; the caller frees BLOB.  Returns FOB_SUCCESS,
 * FOB_INVALID (too large), FOB_SYSTEM, FOB_NOMEM. */
int seal_record(const struct keyring *keyring, const struct record *record, uint64_t version,
                struct blob *blob);

/* Where a sealed record was found. */
struct seal_source {
    const char *name; /* the account's */
    const char *what; /* the file's, for messages */
    struct span sealed;
};
/* Returns FOB_SUCCESS, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int seal_open(const struct keyring *keyring, const struct seal_source *source,
              struct record **record);

/*
 * The plaintext of SOURCE sealed again under the KEYRING's present key, as VERSION, without looking
 * at what it says; the caller frees BLOB.  Returns as seal_open().
 */
int seal_again(const struct keyring *keyring, const struct seal_source *source, uint64_t version,
               struct blob *blob);

/* The number of the key that a sealed record claims to be sealed under; 0 when it is none. */
uint32_t seal_key_id(struct span sealed);
/* The version that a sealed record claims to have; 0 when it is none. */
uint64_t seal_version(struct span sealed);

#endif
