/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A store's header (fob-store(5)): its id and its key slots; and, once one of them was opened, its
 * key.
 */
#ifndef FOB_STORE_KEYRING_H
#define FOB_STORE_KEYRING_H

#include "store/crypto.h"
#include "store/file.h"
#include "store/slot.h"

#define KEYRING_SLOTS_MAX 32
#define KEYRING_HEADER_MAX (64 * 1024)
/* Items that this fob does not know, and keeps. */
#define KEYRING_OTHERS_MAX 16

struct keyring {
    unsigned char store_id[STORE_ID];
    uint32_t key_id; /* of the key that records are sealed under */
    struct slot slots[KEYRING_SLOTS_MAX];
    size_t slot_count;
    unsigned char *header;
    size_t header_size;
    /* Items, borrowed from the header; of size 0 when there is none. */
    struct span old_key_item; /* while a rotation is going on */
    struct span log_key_item;
    struct span slot_notes_item;
    struct span others[KEYRING_OTHERS_MAX]; /* whole, with tag and length */
    size_t other_count;
    struct fob_secret *key;  /* NULL while locked */
    unsigned opened_slot;    /* the number of the slot that gave it; 0 when none did */
    const char *opened_with; /* in words (static) */
    uint32_t old_key_id;
    struct fob_secret *old_key; /* of records that a rotation did not come to yet; else NULL */
    struct keyring *older;      /* the store's: one that this took the place of, still in use */
};

/*
 * Read HEADER, called WHAT in messages, as far as that goes without the key.
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
 * Unlock with the first slot of KIND that MATERIAL opens, and check with the key that nobody
 * altered the header, called WHAT in messages.
 *
 * Returns FOB_SUCCESS, FOB_LOCKED without a message (no slot opens), FOB_CORRUPT, FOB_SYSTEM,
 * FOB_NOMEM.
 */
int keyring_unlock(struct keyring *keyring, enum slot_kind kind, const struct fob_secret *material,
                   const char *what);
/* Unlock with the store's KEY itself, which is taken over on success.  Returns FOB_SUCCESS,
 * FOB_CORRUPT (it does not fit the header), FOB_SYSTEM, FOB_NOMEM. */
int keyring_accept(struct keyring *keyring, struct fob_secret *key, const char *what);

/* When unlocked: the key of that id, borrowed; NULL when the store has none of it. */
const struct fob_secret *keyring_key(const struct keyring *keyring, uint32_t key_id);
/* CRYPTO_KEY bytes for the purpose LABEL, when unlocked.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int keyring_derive(const struct keyring *keyring, const char *label, struct fob_secret **key);
/* The key of the log's chain, which stays the same when the store's key is replaced; when unlocked.
 * Returns FOB_SUCCESS, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int keyring_log_key(const struct keyring *keyring, struct fob_secret **key);

/* The header of a new store, with the one SLOT; the caller frees HEADER.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int keyring_create(const struct new_slot *slot, struct blob *header);
/*
 * The header with one more SLOT, of NUMBER; the caller frees HEADER.  The keyring, which must be
 * unlocked, stays as it is: so for all that follow.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (no room), FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_add_slot(const struct keyring *keyring, const struct new_slot *slot,
                     struct blob *header, unsigned *number);
/* The header without the slot NUMBER.  Returns FOB_SUCCESS, FOB_INVALID (it is the last one),
 * FOB_NOT_FOUND, FOB_SYSTEM, FOB_NOMEM. */
int keyring_remove_slot(const struct keyring *keyring, unsigned number, struct blob *header);
/*
 * The header with a new KEY, in each slot again, and the present one under it.  MATERIALS opens the
 * slots, in their order.  The caller frees KEY.
 *
 * Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM.
 */
int keyring_begin_rotation(const struct keyring *keyring, struct fob_secret *const *materials,
                           struct blob *header, struct fob_secret **key);
/* The header without the old key, when no record needs it any more.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int keyring_end_rotation(const struct keyring *keyring, struct blob *header);

#endif
