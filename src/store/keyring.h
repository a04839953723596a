/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A store's header (fob-store(5)): its id and its key slots; and, once one of them was opened, its
 * key.
 */
#ifndef FOB_STORE_KEYRING_H
#define FOB_STORE_KEYRING_H

#include "store/crypto.h"
#include "store/slot.h"

#define KEYRING_SLOTS_MAX 32
#define KEYRING_HEADER_MAX (64 * 1024)

struct keyring {
    unsigned char store_id[STORE_ID];
    uint32_t key_id; /* of the key that records are sealed under */
    struct slot slots[KEYRING_SLOTS_MAX];
    size_t slot_count;
    unsigned char *header;
    size_t header_size;
    struct fob_secret *key; /* NULL while locked */
};

/* The header of a new store, with one slot of KIND that MATERIAL opens; the caller frees HEADER.
 * Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int keyring_create(enum slot_kind kind, const struct fob_secret *material, unsigned char **header,
                   size_t *size);
/*
 * Read HEADER, called WHAT in messages, as far as that goes without the key.
 *
 * Returns FOB_SUCCESS, FOB_CORRUPT, FOB_CONFIG (a newer fob wrote it), FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_decode(struct span header, const char *what, struct keyring **keyring);
void keyring_free(struct keyring *keyring);

/* Whether there is a slot of KIND. */
bool keyring_has(const struct keyring *keyring, enum slot_kind kind);
/*
 * Unlock with the first slot of KIND that MATERIAL opens, and check with the key that nobody
 * altered the header, called WHAT in messages.
 *
 * Returns FOB_SUCCESS, FOB_LOCKED without a message (no slot opens), FOB_CORRUPT, FOB_SYSTEM,
 * FOB_NOMEM.
 */
int keyring_unlock(struct keyring *keyring, enum slot_kind kind, const struct fob_secret *material,
                   const char *what);

/* CRYPTO_KEY bytes for the purpose LABEL, when unlocked.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int keyring_derive(const struct keyring *keyring, const char *label, struct fob_secret **key);

#endif
