/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The store: accounts sealed under the store's key (fob-store(5)).
 *
 * Sealing and key slots are here; where the sealed bytes lie is a driver's matter (driver.h).  A
 * store may be used from any number of threads.  Opening reads nothing but the header; the key is
 * unlocked at the first record.
 */
#ifndef FOB_STORE_STORE_H
#define FOB_STORE_STORE_H

#include <fob/fob.h>

#include "store/record.h"
#include "store/slot.h"

#include <sys/types.h>

struct store;

struct store_settings {
    uid_t user;       /* whose files are trusted, besides root's */
    const char *path; /* borrowed until store_open() or store_create() returns */
    const char *key_file;
    const char *credential;   /* another key file, tried first, which need not be there; or NULL */
    char *const *key_command; /* its words, and NULL; or NULL: borrowed until store_close() */
    /* Ask for the passphrase; called only when no other slot opens, and WHY tells why those that
     * there are did not, "" when there are none.  May be NULL. */
    int (*ask)(const char *why, struct fob_secret **passphrase, void *data);
    void *data;
};

/* See fob_create_store().  The store appears whole, with its header's name, or not at all; a call
 * that was killed is finished by the next one. */
int store_create(const struct store_settings *settings, const struct fob_secret *passphrase);
/* Returns FOB_SUCCESS, FOB_NOT_FOUND (with the hint "fob init"), FOB_NOT_ALLOWED (owner, mode),
 * FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int store_open(const struct store_settings *settings, struct store **store);
void store_close(struct store *store);

/* Unlock it now, not at the first record: before a person types what they may not get again.
 * Returns FOB_SUCCESS, FOB_LOCKED, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int store_unlock(struct store *store);
bool store_is_unlocked(struct store *store);

/* Read one record; needs no lock.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_LOCKED, FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int store_read(struct store *store, const char *name, struct record **record);
/* FOB_SUCCESS when there is a record of that name, else FOB_NOT_FOUND without a message. */
int store_exists(struct store *store, const char *name);
/* Write a new record, durably; it is read back before it gets its name.  FOB_EXISTS when there is
 * one of that name.  Sets the record's version. */
int store_insert(struct store *store, struct record *record);
/*
 * Change a record under the store's lock: CHANGE gets the record as it is now, and what it leaves
 * is written durably when it returns FOB_SUCCESS; any other code is passed up and nothing is
 * written.  CHANGE must not call the store.
 */
typedef int store_change_fn(struct record *record, void *data);
int store_update(struct store *store, const char *name, store_change_fn *change, void *data);
/* Erase a record, durably, under the lock.  GENERATION is the one the caller saw; when the record
 * has another, FOB_CHANGED is returned and nothing is erased. */
int store_erase(struct store *store, const char *name, uint64_t generation);

/*
 * Give the record NAME the name NEW_NAME, durably, under the lock; MOVED gets it as it is then, and
 * the caller frees it.  The new record is written before the old one is erased: a call that was
 * killed between the two leaves both, and the same call finishes it.  Returns FOB_SUCCESS,
 * FOB_EXISTS (another account has NEW_NAME), and as store_erase().
 */
int store_rename(struct store *store, const char *name, const char *new_name,
                 struct record **moved);

/* All names, sorted; the caller frees them with store_names_free(). */
int store_names(struct store *store, char ***names, size_t *count);
void store_names_free(char **names, size_t count);

/*
 * Key slots (store_keys.c).  A slot is told by its number, which it keeps.
 */
struct store_slot {
    unsigned number;
    enum slot_kind kind;     /* may be one that this fob does not know */
    struct crypto_cost cost; /* of a passphrase */
    int64_t made;            /* 0 when that is not known */
    const char *label;       /* "" for none */
};
/* Returns false to end the listing. */
typedef bool store_slot_fn(const struct store_slot *slot, void *data);
void store_slots(struct store *store, store_slot_fn *fn, void *data);
/* Add a slot.  Returns FOB_SUCCESS, FOB_INVALID (no room), and as store_unlock() and
 * store_insert(). */
int store_add_slot(struct store *store, const struct new_slot *slot, unsigned *number);
/* Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_INVALID (the last one), and as store_add_slot(). */
int store_remove_slot(struct store *store, unsigned number);

/* Gives what may open SLOT: called with ATTEMPT 0, 1 … until it does, or FOB_NOT_FOUND says that
 * there is no more to try.  Returns FOB_SUCCESS, or a code to be passed up. */
typedef int store_material_fn(const struct store_slot *slot, unsigned attempt,
                              struct fob_secret **material, void *data);
/* Whether the slot NUMBER opens with what FN gives.  Returns FOB_SUCCESS, FOB_LOCKED,
 * FOB_NOT_FOUND, FOB_SYSTEM, FOB_NOMEM, and what FN returns. */
int store_test_slot(struct store *store, unsigned number, store_material_fn *fn, void *data);

struct store_rotation {
    store_material_fn *material; /* for every slot: each gets the new key */
    /* How many of ALL records are under the new key by now; may be NULL. */
    void (*progress)(size_t done, size_t all, void *data);
    void *data;
};
/*
 * Give the store a new key, and seal every record again under it.  A call that was cut short is
 * finished by the next, which asks for nothing.  The old key is destroyed when no record needs it.
 *
 * Returns FOB_SUCCESS; FOB_CORRUPT when records could not be opened, and the old key is kept; and
 * as store_test_slot() and store_insert().
 */
int store_rotate(struct store *store, const struct store_rotation *rotation);
/* Whether a rotation was cut short. */
bool store_is_rotating(struct store *store);

/* Leave the key with the kernel for SECONDS, 0 for no limit; and take it away.  See kernel_key.h.
 */
int store_keep_key(struct store *store, unsigned seconds);
int store_forget_key(struct store *store);

/* Write RECORDS, which must be new or have the version that is there, together; for many of them.
 * Their versions are set.  After a failure some may be written, each whole.  Returns as
 * store_insert(). */
int store_write_many(struct store *store, struct record *const *records, size_t count);

/* A record to be changed with others. */
struct store_edit {
    const char *name;
    const struct record *seen; /* as it was read before */
    int64_t confirmed; /* all that is new in SEEN is that it was accepted at this time; or 0 */
    void *data;
};
/*
 * Change the record, which is the one that is there now; FOB_IGNORE leaves it as it is, any other
 * code ends the whole.  RECORD is NULL, CODE tells why, and fob_error() is set, when it cannot be
 * read.  Must not call the store.
 */
typedef int store_edit_fn(struct record *record, int code, void *data);
/* Change COUNT records under one lock; they are durable together.  What only confirms one is kept
 * beside it (confirmed.h), and CHANGE is not called, unless the record is another by now.  After a
 * failure some may be written, each whole.  Returns FOB_SUCCESS, what CHANGE
 * returned, and as store_insert(). */
int store_update_many(struct store *store, const struct store_edit *edits, size_t count,
                      store_edit_fn *change);

/* A key derived from the store's for the purpose LABEL (a log's MAC, say): 32 bytes. */
int store_derive(struct store *store, const char *label, struct fob_secret **key);

/* HMAC-SHA256 of COUNT parts, one after the other, under the log's key, which stays when the store
 * gets a new key.  Returns as store_unlock(). */
int store_log_mac(struct store *store, const struct span *parts, size_t count,
                  unsigned char mac[static CRYPTO_HASH]);

/* When unlocked: with what, in words (static), and by which slot; 0 when by none. */
const char *store_opened_with(struct store *store, unsigned *slot);

/* Check header, modes, every record, leftovers; calls FN for each finding.  Returns FOB_SUCCESS or
 * the gravest code. */
int store_check(struct store *store, fob_finding_fn *fn, void *data);
/* Remove what writes that were cut short have left, and nothing else, under the lock; FN is told of
 * each.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM. */
int store_repair(struct store *store, fob_finding_fn *fn, void *data);

#endif
