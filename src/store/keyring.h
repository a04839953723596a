/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A store's header (fob-store(5)): the store's id, its key slots and, once a slot was opened, its
 * key.
 */
#ifndef FOB_STORE_KEYRING_H
#define FOB_STORE_KEYRING_H

#include "store/crypto.h"
#include "store/file.h"
#include "store/slot.h"

#define KEYRING_SLOTS_MAX 32
#define KEYRING_HEADER_MAX (64 * 1024)
/* The most unknown items that are kept. */
#define KEYRING_OTHERS_MAX 16

struct keyring {
    unsigned char store_id[STORE_ID];
    uint32_t key_id; /* the number of the key that seals records */
    struct slot slots[KEYRING_SLOTS_MAX];
    size_t slot_count;
    unsigned char *header;
    size_t header_size;
    /* Items, borrowed from the header; size 0 for none. */
    struct span old_key_item; /* while a rotation is going on */
    struct span log_key_item;
    struct span slot_notes_item;
    struct span others[KEYRING_OTHERS_MAX]; /* unknown items, with tag and length */
    size_t other_count;
    struct fob_secret *key;  /* NULL while locked */
    unsigned opened_slot;    /* the number of the slot that it was in; 0 for none */
    const char *opened_with; /* a static text for people */
    uint32_t old_key_id;
    struct fob_secret *old_key; /* for records that a rotation has not reached yet; else NULL */
    struct keyring *older;      /* the store's: a replaced keyring that may still be in use */
};

/*
 * Parse HEADER, called WHAT in messages, as far as possible without the key.
 *
 * Returns FOB_SUCCESS, FOB_CORRUPT, FOB_CONFIG (a newer fob wrote it), FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_decode(struct span header, const char *what, struct keyring **keyring);
void keyring_free(struct keyring *keyring);

/* Whether there is a slot of KIND. */
bool keyring_has(const struct keyring *keyring, enum slot_kind kind);
/* The slot of that NUMBER, or NULL. */
const struct slot *keyring_slot(const struct keyring *keyring, unsigned number);
/*
 * Unlock with the first slot of KIND that MATERIAL opens, and check the header's MAC with the key.
 * WHAT is the header's name in messages.
 *
 * Returns FOB_SUCCESS, FOB_LOCKED without a message (MATERIAL opens no slot), FOB_CORRUPT,
 * FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_unlock(struct keyring *keyring, enum slot_kind kind, const struct fob_secret *material,
                   const char *what);
/* Unlock with the store's KEY itself, which the keyring owns on success.  Returns FOB_SUCCESS,
 * FOB_CORRUPT (KEY does not fit the header), FOB_SYSTEM, FOB_NOMEM. */
int keyring_accept(struct keyring *keyring, struct fob_secret *key, const char *what);

/* When unlocked: the key number KEY_ID, borrowed; NULL when the store does not have it. */
const struct fob_secret *keyring_key(const struct keyring *keyring, uint32_t key_id);
/* When unlocked: derive a key of CRYPTO_KEY bytes for the purpose LABEL.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int keyring_derive(const struct keyring *keyring, const char *label, struct fob_secret **key);
/* When unlocked: the key of the log's chain.  It stays the same when the store's key is replaced.
 * Returns FOB_SUCCESS, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int keyring_log_key(const struct keyring *keyring, struct fob_secret **key);

/* Make the header of a new store, with one SLOT.  The caller frees HEADER.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int keyring_create(const struct new_slot *slot, struct blob *header);
/*
 * Make a header with one more SLOT, whose number goes to NUMBER.  The caller frees HEADER.  The
 * keyring must be unlocked and is not changed; this holds for the functions below too.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (no room), FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_add_slot(const struct keyring *keyring, const struct new_slot *slot,
                     struct blob *header, unsigned *number);
/* Make a header without the slot NUMBER.  Returns FOB_SUCCESS, FOB_INVALID (the last slot),
 * FOB_NOT_FOUND, FOB_SYSTEM, FOB_NOMEM. */
int keyring_remove_slot(const struct keyring *keyring, unsigned number, struct blob *header);
/*
 * Make a header with a new KEY: each slot wraps KEY, and KEY wraps the present key.  MATERIALS are
 * for the slots, in their order.  The caller frees KEY.
 *
 * Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_begin_rotation(const struct keyring *keyring, struct fob_secret *const *materials,
                           struct blob *header, struct fob_secret **key);
/* Make a header without the old key, once no record needs it.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int keyring_end_rotation(const struct keyring *keyring, struct blob *header);

#endif
