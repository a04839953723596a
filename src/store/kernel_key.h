/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The store's key in the kernel's keyring (keyrings(7)), for "fob unlock": a passphrase is typed
 * only once.  The key is never on a disk, only its owner can read it, and it expires.
 */
#ifndef FOB_STORE_KERNEL_KEY_H
#define FOB_STORE_KERNEL_KEY_H

#include "store/keyring.h"

/* Put the unlocked KEYRING's key there for SECONDS; 0 means as long as the user's keyring lasts.
 * Returns FOB_SUCCESS, FOB_LOCKED (the kernel, or a container's rules, refuse it). */
int kernel_key_put(const struct keyring *keyring, unsigned seconds);
/* Get that key.  Returns FOB_SUCCESS, FOB_NOT_FOUND without a message, FOB_NOMEM. */
int kernel_key_get(const struct keyring *keyring, struct fob_secret **key);
/* Remove the store's key number KEY_ID; the KEYRING need not be unlocked.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND without a message. */
int kernel_key_forget(const struct keyring *keyring, uint32_t key_id);

#endif
