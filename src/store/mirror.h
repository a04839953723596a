/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Mirrors: a store of several machines as one of them sees it.
 *
 * Its folder is that of a store of files, and is read as one.  What an engine (engine.h) has is
 * fetched into it by steps, and is read only while it is known to be young enough.  Changes go to
 * the engine, and come back by a step.
 *
 * driver_mirror.c is the driver; mirror_engine.c opens the engine, mirror_fresh.c keeps the age,
 * mirror_step.c fetches, mirror_write.c writes.
 */
#ifndef FOB_STORE_MIRROR_H
#define FOB_STORE_MIRROR_H

#include "store/driver_file.h"
#include "store/engine.h"
#include "store/store.h"
#include "util/process.h"

/* What the file LAYOUT_FRESH says. */
struct mirror_fresh {
    unsigned char boot[16]; /* of the machine, when ASKED was */
    int64_t asked;          /* CLOCK_BOOTTIME in ms, before the server was asked; 0 for never */
    int64_t asked_real;     /* seconds since 1970 */
    struct engine_tick tick;
    unsigned char instance[ENGINE_STAMP]; /* random, of this mirror */
    int64_t seen;                         /* when the server noted this machine, as ASKED */
};

struct mirror {
    const struct store_remote *remote;
    struct store *store;      /* for names */
    struct process_lock lock; /* guards what follows */
    const struct engine_class *class;
    struct engine *engine;
    struct fob_secret *password;
    uint64_t process; /* that opened the engine */
    struct mirror_fresh fresh;
    unsigned char header[ENGINE_STAMP]; /* of the header, while the store's lock is held */
    _Atomic(int64_t) good_until;        /* CLOCK_BOOTTIME in ms */
    _Atomic(bool) unknown;              /* whether the last write was made cannot be known */
    _Atomic(bool) namesake;             /* another machine has this one's name */
    _Atomic(int64_t) stale; /* ms: how much older than allowed the mirror was when it was read */
};

/* With the mirror's lock held: open the engine unless it is open in this process.  Returns as
 * engine_class.open(), and FOB_CONFIG, FOB_NOT_ALLOWED (the password's file). */
int mirror_engine(struct mirror *mirror, uid_t user);
void mirror_engine_close(struct mirror *mirror);

/* Milliseconds since the machine started. */
int64_t mirror_now(void);
/* Read the file into MIRROR->fresh, for which a damaged or missing one counts as never asked. */
void mirror_fresh_read(struct driver *driver);
/* How old the mirror is in ms; INT64_MAX when that is not known.  It is EXACT by a clock that
 * nobody sets, unless the machine was restarted. */
int64_t mirror_fresh_age(const struct mirror *mirror, bool *exact);
/* Write MIRROR->fresh, which is as old as the question that was ASKED, by mirror_now(); 0 for
 * unknown. Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int mirror_fresh_write(struct driver *driver, int64_t asked);
/* Take the file's lock, which is for steps, waiting at most as long as for the server.  Returns as
 * file_lock(), and FOB_UNAVAILABLE. */
int mirror_fresh_lock(struct driver *driver, int *lock);

/* Be young enough to be read.  Returns FOB_SUCCESS, FOB_UNAVAILABLE and the other codes of
 * engine.h, and as store_unlock(). */
int mirror_freshen(struct driver *driver);
/* Ask the server, whatever the mirror's age. */
int mirror_catch_up(struct driver *driver);
/* Fetch the header alone into a new mirror. */
int mirror_fetch_header(struct driver *driver);
/* The stamp of a header. */
void mirror_header_stamp(struct span header, unsigned char stamp[static ENGINE_STAMP]);

/* Make the store of SETTINGS with its first HEADER; the folder is the caller's.  Returns
 * FOB_SUCCESS, also when the store has this header; FOB_EXISTS; and the codes of engine.h. */
int mirror_create(const struct store_settings *settings, struct span header);

/* See write, write_many, retire, write_header and erase in struct driver_class. */
int mirror_write(struct driver *driver, const struct driver_record *record, struct file_room *room);
int mirror_write_many(struct driver *driver, struct driver_record *records, size_t count);
int mirror_retire(struct driver *driver, const char *place);
int mirror_write_header(struct driver *driver, struct span header);
int mirror_erase(struct driver *driver, const char *name, const struct driver_stamp *expected);

#endif
