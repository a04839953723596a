/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a store: store_open.c opens and unlocks it, unlock.c tries the keys, store.c reads
 * and writes records, store_keys.c changes the keys.
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
    struct store_settings settings; /* the store owns the strings */
    char *path;
    char *key_file;
    char *header_name;
    /* Immutable once unlocked; replaced when another process has changed the store's keys. */
    _Atomic(struct keyring *) keyring;
    _Atomic(uint64_t) unlocked;           /* the process in which it is unlocked; 0 for none */
    struct process_lock unlocking;        /* guards replacing KEYRING and making LOG_KEY */
    _Atomic(struct fob_secret *) log_key; /* NULL until needed; replaced only in a child */
};

/* The current keyring.  It stays valid as long as the store. */
static inline const struct keyring *store_keyring(struct store *store)
{
    return atomic_load_explicit(&store->keyring, memory_order_acquire);
}

/* Unlock KEYRING, by the cheapest method first: a person is asked only when nothing else opens it.
 * Returns FOB_SUCCESS, FOB_LOCKED, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM. */
int unlock_keyring(const struct store *store, struct keyring *keyring);

/*
 * If the header has changed since it was read, read and unlock the new one.  Needed before a record
 * is written, with the lock held, and when a record is sealed with an unknown key.
 *
 * Returns FOB_SUCCESS; and as store_open() and store_unlock().
 */
int store_refresh(struct store *store);
/* Unlock the store, take its lock, and refresh the keys. */
int store_lock_to_write(struct store *store, int *lock);
/* The same, and read the record NAME; end with store_unlock_record(), which frees it.  Returns as
 * store_read() and store_lock_to_write(); on failure nothing is locked. */
int store_lock_record(struct store *store, const char *name, int *lock, struct record **record);
void store_unlock_record(struct store *store, int lock, struct record *record);
/* store_update() that writes into ROOM, which may be NULL. */
int store_update_in_room(struct store *store, const char *name, struct file_room *room,
                         store_change_fn *change, void *data);
/* store_insert() with the lock held. */
int store_insert_locked(struct store *store, struct record *record);
/* With the lock held: erase the record NAME, whatever its generation.  Returns as store_erase(). */
int store_erase_locked(struct store *store, const char *name);
/* Replace the keyring by HEADER, which was just written.  KEY is its key, or NULL for the present
 * one.  The caller frees both. */
int store_install_header(struct store *store, const struct blob *header,
                         const struct fob_secret *key);

#endif
