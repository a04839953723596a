/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The cryptography of the store, and the only code that knows libgcrypt: HKDF (RFC 5869) over
 * HMAC-SHA256, AES-256-GCM, Argon2id.
 */
#ifndef FOB_STORE_CRYPTO_H
#define FOB_STORE_CRYPTO_H

#include <fob/fob.h>

#include "store/wire.h"

#define CRYPTO_KEY 32
#define CRYPTO_SALT 32
#define CRYPTO_TAG 16
#define CRYPTO_HASH 32

/* Initialize libgcrypt when the application has not.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int crypto_ready(void);

/* Fill DATA for a key or a salt, of at most 256 bytes.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int crypto_random(void *data, size_t size);

/* A KEY, borrowed; empty when it is another process's, which all below refuse with FOB_LOCKED. */
struct span crypto_key(const struct fob_secret *key);

/* The input of HKDF. */
struct crypto_input {
    struct span key; /* need not be of full entropy in every bit */
    struct span salt;
    struct span info; /* what the result is for */
};
/* HMAC-SHA256 of COUNT parts, one after the other.  Returns FOB_SUCCESS, FOB_LOCKED (an empty key),
 * FOB_SYSTEM. */
int crypto_hmac(struct span key, const struct span *parts, size_t count,
                unsigned char hash[static CRYPTO_HASH]);
/* After crypto_ready(). */
void crypto_sha256(struct span data, unsigned char hash[static CRYPTO_HASH]);
/* Returns FOB_SUCCESS, FOB_LOCKED (an empty key), FOB_SYSTEM. */
int crypto_hkdf(const struct crypto_input *input, void *out, size_t size);

/*
 * A box: sealed with AES-256-GCM under a key and a nonce that HKDF makes from INPUT (44 bytes, the
 * key first).  The salt must be fresh for each sealing.
 */
struct crypto_box {
    struct crypto_input input;
    struct span parts[3]; /* authenticated with it, one after the other */
};
/* SEALED has room for PLAIN and CRYPTO_TAG bytes.  Returns FOB_SUCCESS, FOB_LOCKED, FOB_SYSTEM. */
int crypto_seal(const struct crypto_box *box, struct span plain, void *sealed);
/* PLAIN has room for SEALED less CRYPTO_TAG bytes; it is wiped on failure.  Returns FOB_SUCCESS,
 * FOB_CORRUPT without a message (another key, or an altered bit), FOB_SYSTEM. */
int crypto_unseal(const struct crypto_box *box, struct span sealed, void *plain);

/* What Argon2id (RFC 9106) costs. */
struct crypto_cost {
    uint32_t memory; /* KiB */
    uint32_t passes;
    uint32_t lanes;
};
/* What makes a guess take about half a second on this machine, and 64 MiB; never less than one
 * pass. Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int crypto_calibrate(struct crypto_cost *cost);
/* Derive CRYPTO_KEY bytes from a passphrase.  Takes as long as COST says.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int crypto_stretch(const struct fob_secret *passphrase, struct span salt,
                   const struct crypto_cost *cost, struct fob_secret **key);

#endif
