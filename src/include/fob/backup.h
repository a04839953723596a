/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Backups.  Part of <fob/fob.h>. */
#ifndef FOB_BACKUP_H
#define FOB_BACKUP_H

#include <fob/account.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_secret;

/*
 * Backups (fob-export(1)): accounts in one sealed file, to be kept elsewhere or brought into
 * another store.  A backup is opened by a passphrase or by a key file, not by the store's key.
 */

/* Since 0.2. */
struct fob_export {
    size_t size;                         /* sizeof this struct */
    const struct fob_secret *passphrase; /* one of the two, the other NULL */
    const char *key_file;                /* of the store that shall read it */
    fob_choose_fn *choose;               /* NULL for all accounts */
    void *data;
    const char *const *accounts; /* those to choose from, and then NULL; NULL for all there are */
};
/*
 * Write the chosen accounts to FD, which stays open; each leaves a line in the audit log before it
 * does.  Making it durable is the caller's.  On failure, as when one of them is damaged, what was
 * written is no backup.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an empty passphrase, or not one of the two), FOB_NOT_FOUND (no
 * key file, no store, no such account), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_export(struct fob_context *context, int fd, const struct fob_export *plan);

/* What becomes of an account of a backup.  Since 0.1. */
enum fob_import_step {
    FOB_IMPORT_NEW,
    FOB_IMPORT_SAME,     /* it is in the store already, as it is: nothing is done */
    FOB_IMPORT_REPLACE,  /* another one of that name is replaced */
    FOB_IMPORT_RENAME,   /* it gets a name of its own */
    FOB_IMPORT_CONFLICT, /* there is another one of that name: nothing at all is imported */
    /* Another one of that name, whose keys are newer than the backup's, is replaced; without
     * FOB_REPLACE_NEWER nothing at all is imported.  Since 0.2. */
    FOB_IMPORT_OLDER,
    FOB_IMPORT_STEP_COUNT
};
/* Called for each account of the backup that something was done with, or need not be; with
 * FOB_DRY_RUN for all; and when nothing is imported, for those that are the reason.  NAME is that
 * in the store.  Since 0.1. */
typedef void fob_import_fn(enum fob_import_step step, const struct fob_account *account,
                           const char *name, void *data);

/* Since 0.2. */
struct fob_import {
    size_t size; /* sizeof this struct */
    /* Called once when the backup wants a passphrase; the secret is the library's then. */
    int (*passphrase)(struct fob_secret **passphrase, void *data);
    const char *key_file;  /* for a backup under one; NULL for the configured one */
    fob_choose_fn *choose; /* NULL for all accounts */
    fob_import_fn *tell;   /* may be NULL */
    void *data;            /* for all three */
    unsigned flags;        /* FOB_REPLACE or FOB_RENAME, FOB_REPLACE_NEWER, FOB_DRY_RUN */
};
/*
 * Bring the chosen accounts of the backup on FD, a file that can be read twice, into the store.
 *
 * The backup is read to its end before anything is done, so that a damaged one imports nothing, and
 * neither does one with a conflict.  Each account is durable when TELL hears of it; a call that was
 * cut short is finished by the next one, to which what is there already is the same.  When accounts
 * were last validated makes no difference.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS (conflicts, or newer keys in the store), FOB_INVALID,
 * FOB_NOT_FOUND (no key file, no store), FOB_LOCKED (it does not open), FOB_CORRUPT, FOB_CONFIG (a
 * newer fob wrote it), FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM, or what PASSPHRASE returned.  Since 0.1.
 */
FOB_API int fob_import(struct fob_context *context, int fd, const struct fob_import *plan);

#ifdef __cplusplus
}
#endif

#endif
