/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Key slots.  Part of <fob/fob.h>. */
#ifndef FOB_KEYS_H
#define FOB_KEYS_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;
struct fob_secret;

/*
 * Key slots (fob-key(1)): the ways to open the store, each with a number.  Since 0.1.
 */
enum fob_key_kind {
    FOB_KEY_OTHER,      /* a newer fob made the slot: it is kept, but cannot be used here */
    FOB_KEY_FILE,       /* a key file */
    FOB_KEY_PASSPHRASE, /* a passphrase, by Argon2id */
    FOB_KEY_COMMAND,    /* what the configured key_command prints */
    FOB_KEY_KIND_COUNT
};

/* Since 0.2. */
struct fob_key {
    size_t size; /* sizeof this struct */
    unsigned number;
    enum fob_key_kind kind;
    uint32_t memory; /* cost of a guess at a passphrase: KiB … */
    uint32_t passes; /* … and passes; both 0 for other kinds */
    int64_t made;    /* when the slot was added; 0 for a slot of fob 0.1 */
    /* Chosen by its owner; "" for none.  At most 64 bytes of UTF-8 without control
     * characters. */
    const char *label;
};
/* The key slots in the header's order, as they were at fob_keys_open().  Since 0.2. */
struct fob_keys;

/* Needs no key: somebody who may write to the store's folder can change the list; the change is
 * found when the store is unlocked.  Returns FOB_SUCCESS, FOB_NOT_FOUND (no store), FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2. */
FOB_API int fob_keys_open(struct fob_context *context, struct fob_keys **keys);
/* The next slot, borrowed from KEYS; NULL after the last.  Since 0.2. */
FOB_API const struct fob_key *fob_keys_next(struct fob_keys *keys);
/* Since 0.2. */
FOB_API void fob_keys_close(struct fob_keys *keys);

/* Since 0.2. */
struct fob_new_key {
    size_t size; /* sizeof this struct */
    enum fob_key_kind kind;
    const char *key_file;                /* of FOB_KEY_FILE: made if it does not exist */
    const struct fob_secret *passphrase; /* of FOB_KEY_PASSPHRASE: not empty */
    const char *label;                   /* as in struct fob_key; may be NULL */
};
/*
 * Add a slot, whose number goes to NUMBER.  When this returns, the slot is durable and was opened
 * once.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an empty passphrase, an invalid label, no room), FOB_CONFIG (no
 * key_command, or a key file inside the store), FOB_LOCKED, FOB_NOT_ALLOWED, FOB_CORRUPT,
 * FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_add_key(struct fob_context *context, const struct fob_new_key *key,
                        unsigned *number);
/*
 * Remove a slot.  Its key or passphrase still opens an old copy of the header, and with that every
 * record sealed under the present key: see fob_rotate().
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (the last slot), and as fob_add_key().  Since
 * 0.1.
 */
FOB_API int fob_remove_key(struct fob_context *context, unsigned number);

/* Means to open slots, in addition to the configured ones.  Since 0.2. */
struct fob_keys_given {
    size_t size;                  /* sizeof this struct */
    const char *const *key_files; /* ends with NULL; or NULL */
    /* Called for a slot with a passphrase, with ATTEMPT 0, 1 and so on while the passphrase is
     * wrong; the library frees the secret.  FOB_NOT_FOUND gives up.  May be NULL. */
    int (*passphrase)(const struct fob_key *key, unsigned attempt, struct fob_secret **passphrase,
                      void *data);
    /* How many of ALL records have the new key; may be NULL. */
    void (*progress)(uint64_t done, uint64_t all, void *data);
    void *data; /* for both */
};
/* Whether the slot NUMBER opens.  Returns FOB_SUCCESS, FOB_LOCKED (it does not), FOB_NOT_FOUND (no
 * such slot), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM, or what PASSPHRASE returned.
 * Since 0.1. */
FOB_API int fob_test_key(struct fob_context *context, unsigned number,
                         const struct fob_keys_given *given);
/*
 * Give the store a new key and seal every record again under it.  Every slot must open with GIVEN,
 * and gets the new key.  Others may read and write meanwhile.  An interrupted call leaves every
 * record readable; the next call finishes the rotation, and needs no passphrase.
 *
 * Returns FOB_SUCCESS; FOB_CORRUPT when a record cannot be opened: the others have the new key, and
 * the old key is kept; and as fob_test_key().  Since 0.1.
 */
FOB_API int fob_rotate(struct fob_context *context, const struct fob_keys_given *given);

#ifdef __cplusplus
}
#endif

#endif
