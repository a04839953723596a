/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Drivers: where a store's sealed bytes lie.  A driver sees no key and no secret.
 *
 * A driver keeps one header and, for each record, one blob under the record's name
 * (record_is_name()).  When a write returns FOB_SUCCESS, the data is complete and durable.  Reading
 * needs no lock.  All functions are safe from any thread.
 */
#ifndef FOB_STORE_DRIVER_H
#define FOB_STORE_DRIVER_H

#include <fob/fob.h>

#include "store/file.h"

struct driver;
struct store;
struct store_settings;

/* Called for each record's NAME, in no order; another code than FOB_SUCCESS ends the listing. */
typedef int driver_name_fn(const char *name, void *data);

/* Identifies one write of a blob: another write has another stamp.  All 0 for no blob. */
struct driver_stamp {
    uint64_t words[2];
};
static inline bool driver_stamp_equal(const struct driver_stamp *a, const struct driver_stamp *b)
{
    return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/* What writes return, beside codes, when something was changed since it was read: read it and make
 * the change again. */
#define DRIVER_AGAIN (-1)

/* A record to be written. */
struct driver_record {
    const char *name;
    struct span sealed;
    struct driver_stamp expected; /* of the present blob */
    int result;                   /* FOB_SUCCESS, or DRIVER_AGAIN when another blob is there */
};

/* Called with a driver's engine (engine.h), which no other thread uses meanwhile. */
struct engine;
struct engine_class;
typedef int driver_engine_fn(const struct engine_class *class, struct engine *engine, void *data);

struct driver_class {
    /* Open the store that SETTINGS name, which must belong to their user or root.  STORE, which is
     * not open yet, hides names (driver_names.h).  Returns FOB_SUCCESS, FOB_NOT_FOUND (there is no
     * store), FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
    int (*open)(const struct store_settings *settings, struct store *store, struct driver **driver);
    void (*close)(struct driver *driver);
    /* The caller frees BLOB with blob_free().  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED,
     * FOB_CORRUPT (too large), FOB_SYSTEM, FOB_NOMEM. */
    int (*read_header)(struct driver *driver, struct blob *blob);
    int (*read)(struct driver *driver, const char *name, struct blob *blob,
                struct driver_stamp *stamp);
    /* FOB_SUCCESS, or FOB_NOT_FOUND without a message. */
    int (*exists)(struct driver *driver, const char *name);
    /*
     * Compare and swap, with the lock held: write RECORD if the present blob has the expected
     * stamp. The new blob is read back before it gets its name, so a failed write leaves nothing.
     * ROOM is from reserve, or NULL.
     *
     * Returns FOB_SUCCESS; FOB_EXISTS when there should be no blob; DRIVER_AGAIN without a message:
     * another blob is there, or the header has changed;
     * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
     */
    int (*write)(struct driver *driver, const struct driver_record *record, struct file_room *room);
    /* Reserve room for a blob that is somewhat larger than the present one; release it even after
     * it was used.  reserve returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_CORRUPT, FOB_NOT_ALLOWED,
     * FOB_SYSTEM. */
    int (*reserve)(struct driver *driver, const char *name, struct file_room *room);
    void (*release)(struct driver *driver, struct file_room *room);
    /*
     * The same for many RECORDS, waiting for the disk only once; each gets its own result.  After a
     * failure some may be written, each completely.
     *
     * Returns FOB_SUCCESS; DRIVER_AGAIN without a message when the header has changed;
     * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
     */
    int (*write_many)(struct driver *driver, struct driver_record *records, size_t count);
    /* With the lock held, replace the header by HEADER.  Returns as write does, except FOB_EXISTS.
     */
    int (*write_header)(struct driver *driver, struct span header);
    /* Validation times (validated.h), unless they are NULL: then they are in the records.  Read up
     * to MAX bytes; FOB_NOT_FOUND without a message when there are none.  With the lock held:
     * append ENTRIES of SIZE bytes each without waiting for the disk, after removing what an
     * interrupted write left at the end; or replace all by ENTRIES.  They return as read and write
     * do. */
    int (*read_validated)(struct driver *driver, size_t max, struct blob *blob);
    int (*add_validated)(struct driver *driver, size_t size, struct span entries);
    int (*write_validated)(struct driver *driver, struct span entries);
    /* The index (sharing.h).  The stamp of an account's blob or, with NULL, of all blobs together;
     * FOB_NOT_FOUND without a message when there is none.  Read as read_validated does.  With the
     * lock held: append FRAME without waiting for the disk, or replace the index by FRAME when it
     * would grow over MAX bytes; or remove the index. */
    int (*stamp)(struct driver *driver, const char *name, struct driver_stamp *stamp);
    int (*read_sharing)(struct driver *driver, size_t max, struct blob *blob);
    int (*add_sharing)(struct driver *driver, size_t max, struct span frame);
    void (*remove_sharing)(struct driver *driver);
    /* Erase, with the lock held, the blob that has the stamp EXPECTED.  Returns as write does, and
     * FOB_NOT_FOUND. */
    int (*erase)(struct driver *driver, const char *name, const struct driver_stamp *expected);
    int (*list)(struct driver *driver, driver_name_fn *fn, void *data);
    /* Exclude all other writers, processes and threads.  The lock ends with its process. */
    int (*lock)(struct driver *driver, int *lock);
    void (*unlock)(struct driver *driver, int lock);
    /* Report wrong modes, leftovers and unknown files to FN.  Returns FOB_SUCCESS or the gravest
     * code. */
    int (*check)(struct driver *driver, fob_finding_fn *fn, void *data);
    /* With the lock held: remove the leftovers of interrupted writes, and report each to FN.
     * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM. */
    int (*repair)(struct driver *driver, fob_finding_fn *fn, void *data);
    /* The same for the renewal of NAME's tokens alone, without waiting: FOB_IGNORE if another has
     * this lock.  LOCK is open on a file that can keep a note of some bytes. */
    int (*lock_renewal)(struct driver *driver, const char *name, int *lock);
    /* Exclude changes of the header, SHARED with others who need it as it is; or, to change it, all
     * of these.  Taken before lock. */
    int (*lock_header)(struct driver *driver, bool shared, int *lock);
    /* How old in ms what was read last is, if it is older than allowed; else 0, or NULL. */
    int64_t (*stale)(struct driver *driver);
    /* Ask the server what is new, whatever the age of what is here; NULL for a store of files. */
    int (*catch_up)(struct driver *driver);
    /* How old in ms what is here is; INT64_MAX when that is not known; NULL likewise. */
    int64_t (*age)(struct driver *driver);
    /* How many transactions are here; NULL likewise. */
    uint64_t (*revision)(struct driver *driver);
    /* Call FN; NULL for a store of files. */
    int (*with_engine)(struct driver *driver, driver_engine_fn *fn, void *data);
    /* Whether it cannot be known if the last write was made; NULL likewise. */
    bool (*is_unknown)(struct driver *driver);
    /* Whether another machine has this one's name; NULL likewise. */
    bool (*has_namesake)(struct driver *driver);
    /* Let the store say that it has moved to PLACE, a text for people; then lock fails with
     * FOB_CONFIG.  Returns as write_header does. */
    int (*retire)(struct driver *driver, const char *place);
    bool (*has_moved)(struct driver *driver);
    /* The name of the account's blob (or, with NULL, of the header) for messages.  The caller frees
     * it; NULL when out of memory. */
    char *(*describe)(struct driver *driver, const char *name);
};

/* Stores as files in their own folder, fob-store(5). */
extern const struct driver_class driver_file;
/* Stores of several machines (mirror.h). */
extern const struct driver_class driver_mirror;

#endif
