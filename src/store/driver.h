/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Drivers: where a store's sealed bytes lie.  A driver sees no key and no secret.
 *
 * It keeps one header and, for each account, one blob; what it wrote is whole and durable when it
 * returns FOB_SUCCESS.  Reading needs no lock.  All functions are safe from any thread.
 */
#ifndef FOB_STORE_DRIVER_H
#define FOB_STORE_DRIVER_H

#include <fob/fob.h>

#include "store/file.h"

struct driver;

/* Called for each account's NAME, in no order; another code than FOB_SUCCESS ends the listing. */
typedef int driver_name_fn(const char *name, void *data);

/* What tells a blob from the one that was there before: it is another after each write. */
struct driver_stamp {
    uint64_t file;
    uint64_t when;
};

struct driver_record {
    const char *name;
    struct span sealed;
};

struct driver_class {
    /* Trusts what is USER's or root's.  Returns FOB_SUCCESS, FOB_NOT_FOUND (no store at PLACE),
     * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
    int (*open)(const char *place, uid_t user, struct driver **driver);
    void (*close)(struct driver *driver);
    /* The caller frees BLOB with blob_free().  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED,
     * FOB_CORRUPT (too large), FOB_SYSTEM, FOB_NOMEM. */
    int (*read_header)(struct driver *driver, struct blob *blob);
    int (*read)(struct driver *driver, const char *name, struct blob *blob);
    /* FOB_SUCCESS, or FOB_NOT_FOUND without a message. */
    int (*exists)(struct driver *driver, const char *name);
    /*
     * Compare and swap, with the lock held: write SEALED when what is there has the version
     * EXPECTED (seal_version()), 0 meaning that there must be nothing.  It is read back before
     * it gets its name: what fails is not there.
     *
     * Returns FOB_SUCCESS, FOB_EXISTS (another version is there), FOB_NOT_ALLOWED, FOB_SYSTEM,
     * FOB_NOMEM.
     */
    int (*write)(struct driver *driver, const char *name, struct span sealed, uint64_t expected);
    /*
     * With the lock held since the records were read: write all of them, together, so that the disk
     * is waited for once.  After a failure some may be written, each whole.
     *
     * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
     */
    int (*write_many)(struct driver *driver, const struct driver_record *records, size_t count);
    /* With the lock held, write HEADER in the present one's place.  Returns as write. */
    int (*write_header)(struct driver *driver, struct span header);
    /* Confirmations (confirmed.h): read up to MOST bytes, FOB_NOT_FOUND without a message when
     * there are none; with the lock held, append ENTRIES of SIZE bytes each, whatever a write that
     * was cut short has left behind the last whole one, without waiting for the disk; and with the
     * lock held write ENTRIES in place of all.  Return as read and write. */
    int (*read_confirmed)(struct driver *driver, size_t most, struct blob *blob);
    int (*add_confirmed)(struct driver *driver, size_t size, struct span entries);
    int (*write_confirmed)(struct driver *driver, struct span entries);
    /* The index (sharing.h): the stamp of an account's blob or, with NULL, of all of them together,
     * FOB_NOT_FOUND without a message when there is none; read as read_confirmed; with the lock
     * held, append FRAME without waiting for the disk, in place of all that is there when that
     * would pass MOST bytes; and with the lock held, remove it. */
    int (*stamp)(struct driver *driver, const char *name, struct driver_stamp *stamp);
    int (*read_sharing)(struct driver *driver, size_t most, struct blob *blob);
    int (*add_sharing)(struct driver *driver, size_t most, struct span frame);
    void (*remove_sharing)(struct driver *driver);
    /* Erase, with the lock held.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM.
     */
    int (*erase)(struct driver *driver, const char *name);
    int (*list)(struct driver *driver, driver_name_fn *fn, void *data);
    /* Keep all other writers out, processes and threads.  A lock of a process that ended is none.
     */
    int (*lock)(struct driver *driver, int *lock);
    void (*unlock)(struct driver *driver, int lock);
    /* Tell FN about wrong modes, leftovers and strangers among the accounts.  Returns FOB_SUCCESS
     * or the gravest code. */
    int (*check)(struct driver *driver, fob_finding_fn *fn, void *data);
    /* With the lock held: remove what writes that were cut short have left, and tell FN of each.
     * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM. */
    int (*repair)(struct driver *driver, fob_finding_fn *fn, void *data);
    /* What the account's blob (or, with NULL, the header) is called in messages; the caller frees
     * it; NULL when out of memory. */
    char *(*describe)(struct driver *driver, const char *name);
};

/* Files in a folder of their own, fob-store(5). */
extern const struct driver_class driver_file;

#endif
