/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The store: making it, and leaving it unlocked.  Part of <fob/fob.h>. */
#ifndef FOB_STORE_H
#define FOB_STORE_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;
struct fob_secret;

/*
 * Make a store: its folder, its key, one key slot.
 *
 * With PASSPHRASE the key slot is made from it (Argon2id); with NULL a random key file is written
 * to the configured place.  Nothing that exists is changed.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS, FOB_INVALID (an empty passphrase), FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_create_store(struct fob_context *context, const struct fob_secret *passphrase);

/*
 * Leave the store's key in the kernel's keyring of the user for SECONDS (0: for as long as that
 * lasts), so that passphrase and command are not needed meanwhile; and take it out, which needs no
 * key and leaves no line in the log.
 *
 * Return FOB_SUCCESS, FOB_LOCKED (the kernel refuses), FOB_NOT_FOUND (fob_lock(): it was not
 * there), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_unlock(struct fob_context *context, unsigned seconds);
FOB_API int fob_lock(struct fob_context *context);

#ifdef __cplusplus
}
#endif

#endif
