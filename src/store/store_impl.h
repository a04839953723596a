/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a store, for the files that make it up: store_open.c opens and unlocks it,
 * unlock.c tries the keys, store.c reads and writes records, store_keys.c changes the keys.
 */
#ifndef FOB_STORE_STORE_IMPL_H
#define FOB_STORE_STORE_IMPL_H

#include "store/driver.h"
#include "store/keyring.h"
#include "store/store.h"
#include "util/process.h"

#include <stdatomic.h>

struct store {
    const struct driver_class *class;
    struct driver *driver;
    struct store_settings settings; /* its strings are the store's own */
    char *path;
    char *key_file;
    char *header_name;
    /* Not changed once unlocked, only replaced, when somebody else gave the store other keys. */
    _Atomic(struct keyring *) keyring;
    _Atomic(uint64_t) unlocked;    /* the process that it is unlocked in; 0 for none */
    struct process_lock unlocking; /* guards the replacing of KEYRING, and the making of LOG_KEY */
    _Atomic(struct fob_secret *) log_key; /* NULL until needed; then replaced in a child only */
};

/* The keyring, which is there as long as the store. */
static inline const struct keyring *store_keyring(struct store *store)
{
    return atomic_load_explicit(&store->keyring, memory_order_acquire);
}

/* Open KEYRING, the cheapest way first: a person is only asked when nothing else opens.  Returns
 * FOB_SUCCESS, FOB_LOCKED, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int unlock_keyring(const struct store *store, struct keyring *keyring);

/*
 * Look whether the header is still the one that was read, and take and unlock the new one when it
 * is not: before a record is written, with the lock held; and when a record is under a key that is
 * not known.
 *
 * Returns FOB_SUCCESS; and as store_open() and store_unlock().
 */
int store_refresh(struct store *store);
/* Unlock the store, take its lock, and the keys that records are to be sealed under now. */
int store_lock_to_write(struct store *store, int *lock);
/* store_insert() with the lock held. */
int store_insert_locked(struct store *store, struct record *record);
/* With the lock held: erase the record NAME, whatever it is.  Returns as store_erase(). */
int store_erase_locked(struct store *store, const char *name);
/* Take HEADER, which was just written, with its KEY, or NULL for the one that is known; the caller
 * frees both. */
int store_install_header(struct store *store, const struct blob *header,
                         const struct fob_secret *key);

#endif
