/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Cryptography of the store: HKDF, sealing, random bytes; all of it libgcrypt's.
 */
#ifndef FOB_STORE_SEAL_H
#define FOB_STORE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include <fob/fob.h>

#define SEAL_KEY 32
#define SEAL_SALT 32
#define SEAL_TAG 16

/* Make libgcrypt ready unless the application has.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int seal_init(void);

struct seal_bytes {
    const void *data;
    size_t size;
};

/* HKDF with HMAC-SHA256 (RFC 5869), at most 8160 bytes. */
int seal_hkdf(struct seal_bytes secret, struct seal_bytes salt, const char *info, void *out,
              size_t size);
/* HMAC-SHA256 into MAC, 32 bytes. */
int seal_mac(struct seal_bytes key, struct seal_bytes data, void *mac);
/* Random bytes for keys and salts. */
void seal_random(void *out, size_t size);

/* What AES-256-GCM needs besides the text; key and nonce come from KEY and SALT by HKDF with INFO. */
struct seal {
    struct seal_bytes key;
    struct seal_bytes salt;
    const char *info;
    struct seal_bytes aad[2];
};
/* OUT gets SIZE bytes of ciphertext and SEAL_TAG of tag. */
int seal_close(const struct seal *seal, const void *plaintext, size_t size, void *out);
/* IN is ciphertext and tag, SIZE + SEAL_TAG bytes; OUT is wiped unless the tag is right.  FOB_CORRUPT,
 * without a message, when it is not. */
int seal_open(const struct seal *seal, const void *in, size_t size, void *out);

/* Argon2id (RFC 9106) into 32 bytes. */
struct seal_cost {
    uint32_t memory; /* KiB */
    uint32_t passes;
    uint32_t lanes;
};
int seal_argon2id(struct seal_bytes passphrase, struct seal_bytes salt,
                  const struct seal_cost *cost, void *out);

#endif
