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
 * Make a store: its folder, its key, one key slot.  The slot opens by PASSPHRASE (Argon2id), or,
 * for NULL, by a random key file at the configured path.  No existing file is changed.
 *
 * Returns FOB_SUCCESS, FOB_EXISTS, FOB_INVALID (an empty passphrase), FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_create_store(struct fob_context *context, const struct fob_secret *passphrase);

/*
 * fob_unlock() puts the store's key into the user's kernel keyring for SECONDS (0: as long as the
 * keyring exists), so that neither a passphrase nor key_command is needed.  fob_lock() removes the
 * key; it needs no key, and writes no line to the log.
 *
 * Return FOB_SUCCESS, FOB_LOCKED (the kernel refuses), FOB_NOT_FOUND (fob_lock(): no key was
 * there), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_unlock(struct fob_context *context, unsigned seconds);
FOB_API int fob_lock(struct fob_context *context);

#ifdef __cplusplus
}
#endif

#endif
