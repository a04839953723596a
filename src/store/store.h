/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The store: accounts sealed under the store's key (fob-store(5)).
 *
 * The store seals records and manages key slots; a driver stores the sealed bytes (driver.h).  Any
 * number of threads may use a store.  Opening reads only the header; the key is unlocked when the
 * first record is read.
 */
#ifndef FOB_STORE_STORE_H
#define FOB_STORE_STORE_H

#include <fob/fob.h>

#include "store/record.h"
#include "store/slot.h"

#include <sys/types.h>

struct store;
struct engine_class;

/* A store of several machines: where it is, and what this machine may do without its server.  The
 * texts are borrowed until store_close(). */
struct store_remote {
    const char *driver; /* the engine's name (engine.h) */
    const char *hosts;
    const char *database;
    const char *user;
    const char *ca_file; /* these are NULL when they are not set */
    const char *cert_file;
    const char *cert_key;
    const char *password_file;
    int timeout_ms;
    const char *machine; /* this machine's name */
    int64_t max_age_ms;  /* a mirror that is not older is read without asking the server */
    int64_t offline_ms;  /* nor one that is older by this, while the server cannot be reached */
    /* Load the engine, once a process.  Returns FOB_SUCCESS, FOB_CONFIG. */
    int (*load)(const char *driver, const struct engine_class **class);
};

struct store_settings {
    uid_t user;       /* whose files are trusted besides root's */
    const char *path; /* borrowed until store_open() or store_create() returns */
    const char *key_file;
    const char *credential;   /* another key file, tried first, which may be missing; or NULL */
    char *const *key_command; /* its argv, borrowed until store_close(); or NULL */
    /* Ask for the passphrase; called only when nothing else opens the store.  WHY says why the
     * other slots did not open; "" when there are none.  May be NULL. */
    int (*ask)(const char *why, struct fob_secret **passphrase, void *data);
    void *data;
    const struct store_remote *remote; /* borrowed until store_close(); NULL for files only */
};

/* See fob_create_store().  The store becomes visible completely or not at all; the next call
 * finishes one that was killed. */
int store_create(const struct store_settings *settings, const struct fob_secret *passphrase);
/* Make a store with the HEADER of another one.  FOB_SUCCESS also when it has that header already;
 * FOB_EXISTS when it has another one. */
int store_create_copy(const struct store_settings *settings, struct span header);
/* Returns FOB_SUCCESS, FOB_NOT_FOUND (with the hint "fob init"), FOB_NOT_ALLOWED (owner, mode),
 * FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int store_open(const struct store_settings *settings, struct store **store);
void store_close(struct store *store);

/* Unlock the store now, not at the first record: before a person types a secret that they cannot
 * get again.  Returns FOB_SUCCESS, FOB_LOCKED, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM,
 * FOB_NOMEM. */
int store_unlock(struct store *store);
bool store_is_unlocked(struct store *store);
/* For another process that works on the store: a copy of the key, which the caller frees.  Returns
 * as store_unlock(). */
int store_copy_key(struct store *store, struct fob_secret **key);
/* Unlock a store that was just opened, in that process.  Returns FOB_SUCCESS, FOB_CORRUPT (KEY is
 * not the store's, or not any more), FOB_NOMEM, FOB_SYSTEM. */
int store_unlock_with(struct store *store, const struct fob_secret *key);

/* Read an account's record; needs no lock.  Returns FOB_SUCCESS, FOB_INVALID (not an account's
 * name), FOB_NOT_FOUND, FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int store_read(struct store *store, const char *name, struct record **record);
/* The same for a record of any kind (record_is_name()).  The functions that write, change and erase
 * take these names, too. */
int store_read_any(struct store *store, const char *name, struct record **record);
/* How old in ms what was read last may be, since the server of several machines cannot be reached;
 * 0 when it is as it should be. */
int64_t store_stale(struct store *store);
/* FOB_SUCCESS when the record NAME exists, else FOB_NOT_FOUND without a message. */
int store_exists(struct store *store, const char *name);
/* Write a new record durably; it is read back before it gets its name.  FOB_EXISTS when the name is
 * taken.  Sets the record's version. */
int store_insert(struct store *store, struct record *record);
/*
 * Change a record: CHANGE edits the current record, which is written durably if CHANGE returns
 * FOB_SUCCESS.  Any other code is returned, and nothing is written.  CHANGE must not call the
 * store, and is called again, with the record as it is then, when another machine has changed it
 * meanwhile. UPDATED, unless it is NULL, receives the record as it was written; the caller frees
 * it.
 */
typedef int store_change_fn(struct record *record, void *data);
int store_update(struct store *store, const char *name, store_change_fn *change, void *data,
                 struct record **updated);
/* Erase a record durably, under the lock.  GENERATION is the one that the caller saw; if the record
 * has another, nothing is erased and FOB_CHANGED is returned. */
int store_erase(struct store *store, const char *name, uint64_t generation);

/*
 * Rename the record NAME to NEW_NAME, durably, under the lock.  MOVED receives the renamed record;
 * the caller frees it.  The new record is written before the old one is erased.  A call that is
 * killed in between leaves both; the same call again finishes the rename.  Returns FOB_SUCCESS,
 * FOB_EXISTS (another account has NEW_NAME), and as store_erase().
 */
int store_rename(struct store *store, const char *name, const char *new_name,
                 struct record **moved);

/* The names of all accounts, sorted; the caller frees them with names_free(). */
int store_names(struct store *store, char ***names, size_t *count);
/* The same for the records of KIND, without the kind and its colon; with NULL, for all records, in
 * full. */
int store_names_of(struct store *store, const char *kind, char ***names, size_t *count);

/*
 * Key slots (store_keys.c).  A slot is identified by its number, which never changes.
 */
struct store_slot {
    unsigned number;
    enum slot_kind kind;     /* may be unknown to this fob */
    struct crypto_cost cost; /* of a passphrase */
    int64_t made;            /* 0 when unknown */
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

/* Provides material that may open SLOT.  Called with ATTEMPT 0, 1 and so on until the slot opens.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND when there is no more to try, or a code that ends the
 * operation. */
typedef int store_material_fn(const struct store_slot *slot, unsigned attempt,
                              struct fob_secret **material, void *data);
/* Whether FN's material opens the slot NUMBER.  Returns FOB_SUCCESS, FOB_LOCKED, FOB_NOT_FOUND,
 * FOB_SYSTEM, FOB_NOMEM, and FN's codes. */
int store_test_slot(struct store *store, unsigned number, store_material_fn *fn, void *data);

struct store_rotation {
    store_material_fn *material; /* called for every slot, since each must wrap the new key */
    /* Reports that DONE of ALL records are sealed with the new key; may be NULL. */
    void (*progress)(size_t done, size_t all, void *data);
    void *data;
};
/*
 * Give the store a new key, and seal every record again with it.  The next call finishes an
 * interrupted one, and needs no material.  The old key is destroyed when no record needs it.
 *
 * Returns FOB_SUCCESS; FOB_CORRUPT when records could not be opened, in which case the old key is
 * kept; and as store_test_slot() and store_insert().
 */
int store_rotate(struct store *store, const struct store_rotation *rotation);
/* Whether a rotation is unfinished. */
bool store_is_rotating(struct store *store);

/* Leave the key with the kernel for SECONDS, 0 for no limit; and remove it from there
 * (kernel_key.h). */
int store_keep_key(struct store *store, unsigned seconds);
int store_forget_key(struct store *store);

/* Write many RECORDS together.  Each must be new or have the stored version; the versions are
 * updated.  After a failure some may be written, each completely.  Returns as store_insert(). */
int store_write_many(struct store *store, struct record *const *records, size_t count);

/* One of several records to be changed together. */
struct store_edit {
    const char *name;
    const struct record *seen; /* the record as the caller read it */
    int64_t validated;         /* the only change: the provider accepted it at this time; or 0 */
    void *data;
};
/*
 * Change RECORD, the current record.  FOB_IGNORE leaves the record unchanged; any other code ends
 * the whole operation.  When the record cannot be read, RECORD is NULL, CODE is the reason, and
 * fob_error() is set.  Must not call the store.
 */
typedef int store_edit_fn(struct record *record, int code, void *data);
/* Change COUNT records under one lock; they become durable together.  An edit that only sets the
 * time of validation goes to validated.h, and CHANGE is not called for it, unless the record has
 * changed meanwhile.  After a failure some may be written, each completely.  Returns FOB_SUCCESS,
 * CHANGE's codes, and as store_insert(). */
int store_update_many(struct store *store, const struct store_edit *edits, size_t count,
                      store_edit_fn *change);

/* Derive a key of 32 bytes from the store's key for the purpose LABEL. */
int store_derive(struct store *store, const char *label, struct fob_secret **key);

/* HMAC-SHA256 of COUNT parts, concatenated, with the log's key, which stays the same when the store
 * gets a new key.  Returns as store_unlock(). */
int store_log_mac(struct store *store, const struct span *parts, size_t count,
                  unsigned char mac[static CRYPTO_HASH]);

/* When unlocked: what opened the store, as a static text, and the slot's number; 0 for none. */
const char *store_opened_with(struct store *store, unsigned *slot);

/* Check the header, modes, every record and leftovers; calls FN for each finding.  Returns
 * FOB_SUCCESS or the gravest code. */
int store_check(struct store *store, fob_finding_fn *fn, void *data);
/* Remove the leftovers of interrupted writes, and nothing else, under the lock; calls FN for each.
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM. */
int store_repair(struct store *store, fob_finding_fn *fn, void *data);

#endif
