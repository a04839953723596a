/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a store: store_open.c opens it, store_unlock.c unlocks and locks it, unlock.c tries
 * the keys, store.c reads and writes records, store_keys.c changes the keys.
 */
#ifndef FOB_STORE_STORE_IMPL_H
#define FOB_STORE_STORE_IMPL_H

#include "store/driver.h"
#include "store/keyring.h"
#include "store/record_impl.h"
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
/* The key of the log, which never changes; the store's.  Returns as store_unlock(). */
int store_log_key(struct store *store, const struct fob_secret **key);
/* Unlock the store, take its lock, and refresh the keys. */
int store_lock_to_write(struct store *store, int *lock);
/*
 * Call FN with the lock held, and again while it returns DRIVER_AGAIN, at most ten times: processes
 * on other machines, which this lock does not exclude, may make changes of their own meanwhile.
 *
 * Returns FN's code, FOB_UNAVAILABLE after the last time, and as store_lock_to_write().
 */
typedef int store_locked_fn(struct store *store, void *data);
int store_with_lock(struct store *store, store_locked_fn *fn, void *data);
/* store_update() that writes into ROOM, which may be NULL. */
int store_update_in_room(struct store *store, const char *name, struct file_room *room,
                         store_change_fn *change, void *data, struct record **updated);
/* Seal RECORD as its next version, and check that it opens again, because a person may now throw
 * the only other copy away.  The caller frees BLOB. */
int store_seal(struct store *store, const struct record *record, struct blob *blob);
/* With the lock held, after RECORD was written: it has the next version and a new stamp. */
void store_note_written(struct store *store, struct record *record);
/* store_insert() with the lock held; may return DRIVER_AGAIN. */
int store_insert_locked(struct store *store, struct record *record);
/* With the lock held: erase RECORD, which is the stored one.  Returns as store_erase(), or
 * DRIVER_AGAIN. */
int store_erase_locked(struct store *store, const struct record *record);
/* Replace the keyring by HEADER, which was just written.  KEY is its key, or NULL for the present
 * one.  The caller frees both. */
int store_install_header(struct store *store, const struct blob *header,
                         const struct fob_secret *key);

#endif
