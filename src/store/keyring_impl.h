/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The layout of a header, for its reader (keyring.c) and its writer (keyring_change.c).
 */
#ifndef FOB_STORE_KEYRING_IMPL_H
#define FOB_STORE_KEYRING_IMPL_H

#include "store/keyring.h"

#define HEADER_MAGIC "FOBSTORE"
#define HEADER_FORMAT 1

enum {
    TAG_SLOT = 1,
    TAG_OLD_KEY = 2, /* not skippable: a reader needs it for some records */
    TAG_LOG_KEY = 0x81,
    TAG_SLOT_NOTES = 0x82, /* fob 0.1 keeps it unchanged */
};

/* Offsets in the header. */
enum {
    AT_VERSION = sizeof HEADER_MAGIC - 1,
    AT_FLAGS = AT_VERSION + 2,
    AT_KEY_ID = AT_FLAGS + 2,
    AT_STORE_ID = AT_KEY_ID + 4,
    AT_ITEMS = AT_STORE_ID + STORE_ID,
};
/* At the end: a MAC of everything before, then a checksum, which distinguishes damage from a wrong
 * key. */
#define HEADER_ENDING ((size_t)2 * CRYPTO_HASH)

/* The value of an item that holds a key: its id, a salt, the sealed key and its tag. */
enum {
    AT_WRAPPED_SALT = 4,
    AT_WRAPPED_SEALED = AT_WRAPPED_SALT + CRYPTO_SALT,
    WRAPPED_SIZE = AT_WRAPPED_SEALED + CRYPTO_KEY + CRYPTO_TAG,
};
/* How a key is wrapped with another KEY; INFO is its purpose. */
struct crypto_box keyring_wrapped_box(const struct fob_secret *key, const unsigned char *store_id,
                                      const unsigned char *item, const char *info);
#define WRAPPED_OLD_KEY "fob old key"
#define WRAPPED_LOG_KEY "fob log key"

/* The MAC of HEADER, without its ending, under the store's KEY. */
int keyring_mac(const struct fob_secret *key, struct span header,
                unsigned char mac[static CRYPTO_HASH]);

#endif
