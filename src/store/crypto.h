/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The cryptography of the store, over libgcrypt: HKDF (RFC 5869) over HMAC-SHA256, AES-256-GCM,
 * Argon2id.
 */
#ifndef FOB_STORE_CRYPTO_H
#define FOB_STORE_CRYPTO_H

#include <fob/fob.h>

#include "util/wire.h"

#define CRYPTO_KEY 32
#define CRYPTO_SALT 32
#define CRYPTO_TAG 16
#define CRYPTO_HASH 32

/* Initialize libgcrypt unless the application has.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int crypto_ready(void);

/* Fill DATA, at most 256 bytes, with random bytes for a key or a salt.  Returns FOB_SUCCESS,
 * FOB_SYSTEM. */
int crypto_random(void *data, size_t size);

/* The bytes of KEY, borrowed.  Empty when KEY was made before a fork; the functions below refuse
 * that with FOB_LOCKED. */
struct span crypto_key(const struct fob_secret *key);

/* The input of HKDF. */
struct crypto_input {
    struct span key; /* need not have full entropy */
    struct span salt;
    struct span info; /* the purpose of the result */
};
/* HMAC-SHA256 of COUNT parts, concatenated.  Returns FOB_SUCCESS, FOB_LOCKED (an empty key),
 * FOB_SYSTEM. */
int crypto_hmac(struct span key, const struct span *parts, size_t count,
                unsigned char hash[static CRYPTO_HASH]);
/* Call crypto_ready() first. */
void crypto_sha256(struct span data, unsigned char hash[static CRYPTO_HASH]);
/* Returns FOB_SUCCESS, FOB_LOCKED (an empty key), FOB_SYSTEM. */
int crypto_hkdf(const struct crypto_input *input, void *out, size_t size);

/*
 * How to seal or unseal with AES-256-GCM: HKDF derives 44 bytes from INPUT, the key and then the
 * nonce.  Each sealing needs a new salt.
 */
struct crypto_box {
    struct crypto_input input;
    struct span parts[3]; /* additional data to authenticate, concatenated */
};
/* SEALED must have room for PLAIN plus CRYPTO_TAG bytes.  Returns FOB_SUCCESS, FOB_LOCKED,
 * FOB_SYSTEM. */
int crypto_seal(const struct crypto_box *box, struct span plain, void *sealed);
/* PLAIN must have room for SEALED minus CRYPTO_TAG bytes; it is wiped on failure.  Returns
 * FOB_SUCCESS, FOB_CORRUPT without a message (another key, or an altered bit), FOB_SYSTEM. */
int crypto_unseal(const struct crypto_box *box, struct span sealed, void *plain);

/* The cost parameters of Argon2id (RFC 9106). */
struct crypto_cost {
    uint32_t memory; /* KiB */
    uint32_t passes;
    uint32_t lanes;
};
/* Choose a COST of 64 MiB and about half a second for each guess on this machine, at least one
 * pass.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int crypto_calibrate(struct crypto_cost *cost);
/* Derive CRYPTO_KEY bytes from a passphrase.  Takes as long as COST says.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int crypto_stretch(const struct fob_secret *passphrase, struct span salt,
                   const struct crypto_cost *cost, struct fob_secret **key);

#endif
