/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, and one
 * message for each encapsulated key.
 */
#ifndef FOB_SPOOL_HPKE_H
#define FOB_SPOOL_HPKE_H

#include "util/wire.h"

#include <fob/fob.h>

#define HPKE_KEY 32
#define HPKE_NONCE 12
#define HPKE_TAG 16
/* What a sealed message has beyond its plaintext: the encapsulated key before it, the tag after it.
 */
#define HPKE_EXTRA (HPKE_KEY + HPKE_TAG)

/* Initialize libgcrypt unless the program has.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int hpke_ready(void);

/* Make a key pair.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int hpke_make_keys(struct fob_secret **private_key, unsigned char public_key[static HPKE_KEY]);

/* What sender and recipient must agree on. */
struct hpke_terms {
    struct span info;
    struct span aad;
};
/* Seal PLAIN for the owner of PUBLIC_KEY.  SEALED must have room for PLAIN plus HPKE_EXTRA bytes.
 * Returns FOB_SUCCESS, FOB_CORRUPT (no key), FOB_SYSTEM, FOB_NOMEM. */
int hpke_seal(const unsigned char public_key[static HPKE_KEY], const struct hpke_terms *terms,
              struct span plain, unsigned char *sealed);
/* PLAIN must have room for SEALED minus HPKE_EXTRA bytes; it is wiped on failure.  Returns
 * FOB_SUCCESS, FOB_CORRUPT without a message (another key, other terms, an altered bit), FOB_LOCKED
 * (the key is of before a fork), FOB_SYSTEM, FOB_NOMEM. */
int hpke_open(const struct fob_secret *private_key, const struct hpke_terms *terms,
              struct span sealed, unsigned char *plain);

/* The steps of RFC 9180, for its test vectors. */

/* The identifiers of section 7.3; the vectors of appendix A.1 have the first. */
enum hpke_aead { HPKE_AES128 = 1, HPKE_AES256 = 2 };
/* What section 5.1 derives; the caller wipes it. */
struct hpke_schedule {
    unsigned char key[HPKE_KEY]; /* AES-128 has half of it */
    unsigned char nonce[HPKE_NONCE];
};
/* Section 4.1 with a given ephemeral key, whose public half goes to ENC.  Returns FOB_SUCCESS,
 * FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int hpke_encapsulate(const unsigned char ephemeral[static HPKE_KEY],
                     const unsigned char public_key[static HPKE_KEY],
                     unsigned char enc[static HPKE_KEY], unsigned char shared[static HPKE_KEY]);
int hpke_decapsulate(const unsigned char private_key[static HPKE_KEY],
                     const unsigned char enc[static HPKE_KEY],
                     unsigned char shared[static HPKE_KEY]);
void hpke_derive(const unsigned char shared[static HPKE_KEY], struct span info, enum hpke_aead aead,
                 struct hpke_schedule *schedule);

#endif
