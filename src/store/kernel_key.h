/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The store's key in the kernel's keyring (keyrings(7)), so that a passphrase is typed once: fob
 * unlock.  It is never on a disk, its owner alone reads it, and the kernel forgets it in time.
 */
#ifndef FOB_STORE_KERNEL_KEY_H
#define FOB_STORE_KERNEL_KEY_H

#include "store/keyring.h"

/* Keep the unlocked KEYRING's key for SECONDS, 0 for as long as the user's keyring lasts.  Returns
 * FOB_SUCCESS, FOB_LOCKED (the kernel, or a container's rules, refuse). */
int kernel_key_put(const struct keyring *keyring, unsigned seconds);
/* Get what was kept.  Returns FOB_SUCCESS, FOB_NOT_FOUND without a message, FOB_NOMEM. */
int kernel_key_get(const struct keyring *keyring, struct fob_secret **key);
/* Forget the store's key of the number KEY_ID; the KEYRING need not be unlocked.  Returns
 * FOB_SUCCESS, FOB_NOT_FOUND without a message. */
int kernel_key_forget(const struct keyring *keyring, uint32_t key_id);

#endif
