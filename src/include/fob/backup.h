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
 * Backups (fob-export(1)): accounts in one sealed file, to be kept elsewhere or imported into
 * another store.  A passphrase or a key file opens a backup, not the store's key.
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
 * Write the chosen accounts to FD, which stays open; the audit log gets a line for each account
 * before it is written.  Without ACCOUNTS, apps (app.h) are written, too: to CHOOSE they are
 * accounts called "app:PROVIDER".  The caller makes the file durable.  After a failure, such as a
 * damaged account, the file is not a backup.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (an empty passphrase, or not one of the two), FOB_NOT_FOUND (no
 * key file, no store, no such account), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_export(struct fob_context *context, int fd, const struct fob_export *plan);

/* What an import does with an account.  Since 0.1. */
enum fob_import_step {
    FOB_IMPORT_NEW,
    FOB_IMPORT_SAME,     /* the store has the same account: nothing to do */
    FOB_IMPORT_REPLACE,  /* replaces another account of that name */
    FOB_IMPORT_RENAME,   /* gets a new name */
    FOB_IMPORT_CONFLICT, /* there is another account of that name: nothing is imported */
    /* Replaces another account of that name, whose keys are newer; without FOB_REPLACE_NEWER
       nothing is imported.  Since 0.2. */
    FOB_IMPORT_OLDER,
    FOB_IMPORT_STEP_COUNT
};
/* Called for each account that was imported or is the same; with FOB_DRY_RUN, for each account; if
 * nothing is imported, for the accounts that prevent the import.  NAME is the account's name in
 * the store.  Since 0.1. */
typedef void fob_import_fn(enum fob_import_step step, const struct fob_account *account,
                           const char *name, void *data);

/* Since 0.2. */
struct fob_import {
    size_t size; /* sizeof this struct */
    /* Called once if the backup has a passphrase; the library frees the secret. */
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
 * The backup is read to its end first: nothing is imported from a damaged one, or with a conflict.
 * Each account is durable before TELL is called.  The next call finishes an interrupted one: it
 * finds the accounts imported so far to be the same.  The time of the last validation does not
 * count as a difference.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS (conflicts, or newer keys in the store), FOB_INVALID,
 * FOB_NOT_FOUND (no key file, no store), FOB_LOCKED (the backup cannot be opened), FOB_CORRUPT,
 * FOB_CONFIG (a newer fob wrote the backup), FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM, or what
 * PASSPHRASE returned.  Since 0.1.
 */
FOB_API int fob_import(struct fob_context *context, int fd, const struct fob_import *plan);

#ifdef __cplusplus
}
#endif

#endif
