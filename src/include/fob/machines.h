/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A store that several machines share (fob-postgresql(7)).  Part of <fob/fob.h>.
 *
 * For a store of one machine these functions return FOB_NOT_FOUND.  They ask the server, and return
 * FOB_UNAVAILABLE when it cannot be reached, FOB_UNTRUSTED, FOB_NOT_ALLOWED, FOB_CORRUPT,
 * FOB_CONFIG, FOB_LOCKED, FOB_SYSTEM and FOB_NOMEM, too.  They are safe from any thread.
 */
#ifndef FOB_MACHINES_H
#define FOB_MACHINES_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;

/* A machine that uses the store.  Since 0.2. */
struct fob_machine {
    size_t size;      /* sizeof this struct */
    const char *name; /* "" when it cannot be read */
    int64_t age;      /* seconds since the server saw it last */
    uint64_t behind;  /* how many changes that this machine has it had not got then */
    bool own;         /* it is this machine */
};
/* The machines that the server knows, as they were at fob_machines_open().  Since 0.2. */
struct fob_machines;

/* Since 0.2. */
FOB_API int fob_machines_open(struct fob_context *context, struct fob_machines **machines);
/* The next one, borrowed from MACHINES; NULL after the last.  Since 0.2. */
FOB_API const struct fob_machine *fob_machines_next(struct fob_machines *machines);
/* Since 0.2. */
FOB_API void fob_machines_close(struct fob_machines *machines);

/* Wait until every machine that was seen in the last ten minutes has all changes that this machine
 * has, at most SECONDS.  FOB_UNAVAILABLE when some have not; fob_error() names them.  FOB_SUCCESS
 * at once for a store of one machine.  Since 0.2. */
FOB_API int fob_wait_for_machines(struct fob_context *context, unsigned seconds);

/* Where the store's server is, and its kind and version, for people; the caller frees TEXT with
 * free(3).  Since 0.2. */
FOB_API int fob_describe_server(struct fob_context *context, char **text);

/*
 * How old what this machine has of the store is, in milliseconds; -1 when that is not known, 0 for
 * a store of one machine.  The server is not asked.  Returns FOB_SUCCESS, and as the store's
 * opening. Since 0.2.
 */
FOB_API int fob_store_age(struct fob_context *context, int64_t *age);
/* What a person should know of the last reads: that the server could not be reached, and an older
 * copy served, or that another machine has this one's name.  TEXT receives it, and the caller frees
 * it with free(3); or NULL.  Returns FOB_SUCCESS, FOB_NOMEM.  Since 0.2. */
FOB_API int fob_store_warning(struct fob_context *context, char **text);

/* Wait until the store may have changed, at most SECONDS, and fetch what is new.  A program that
 * calls this again and again keeps this machine near to the server.  Since 0.2. */
FOB_API int fob_follow_store(struct fob_context *context, unsigned seconds);

/* What an administrator of the server runs to make an empty store of DRIVER, such as "postgresql";
 * TEXT is static.  Returns FOB_SUCCESS, FOB_CONFIG (the driver is not installed), FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.2. */
FOB_API int fob_store_schema(const char *driver, const char **text);

/* A record that this machine has newer than the server, which has lost it.  The program reads only
 * the members that SIZE includes.  Since 0.2. */
struct fob_lost {
    size_t size;
    const char *name; /* an account's, or that of a record of another kind, with a colon */
    uint64_t here;    /* counts its changes */
    uint64_t there;   /* the same at the server; 0 when it is not there */
};
/* Whether the record is to be written to the server again.  Since 0.2. */
typedef bool fob_lost_fn(const struct fob_lost *lost, void *data);
/*
 * After the server went back to an older state: call FN with DATA for each record that this machine
 * has newer.  Then this machine takes the server's state for the present one, and writes those
 * records to the server again for which FN returned true.  With FOB_DRY_RUN in FLAGS, nothing is
 * changed.
 *
 * Returns FOB_SUCCESS, FOB_INVALID, FOB_CHANGED (another machine has written one of the records
 * meanwhile; those before it are written).  Since 0.2.
 */
FOB_API int fob_accept_rollback(struct fob_context *context, unsigned flags, fob_lost_fn *fn,
                                void *data);

/*
 * Move the store to where CONFIG, another configuration file, says: from one machine's files to a
 * server of several machines, or back.  The records and key slots stay as they are, byte by byte.
 * The new store must not exist.  At the end the old one says that it has moved, and nothing is
 * written to it any more; until then others may use it.  PROGRESS, which may be NULL, is called
 * with DATA when DONE of ALL records are there.  A call that was interrupted is finished by the
 * same call.
 *
 * Returns FOB_SUCCESS; FOB_EXISTS (there is another store, or it has moved); FOB_LOCKED (the new
 * configuration has no key that opens the store); FOB_CHANGED (the key slots were changed
 * meanwhile, or somebody has written to the new store); and as fob_rotate().  Since 0.2.
 */
FOB_API int fob_copy_store(struct fob_context *context, const char *config,
                           void (*progress)(uint64_t done, uint64_t all, void *data), void *data);

#ifdef __cplusplus
}
#endif

#endif
