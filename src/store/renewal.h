/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The renewal of an account's tokens: by one thread of one process at a time, and with room on the
 * disk for the new tokens before the old ones are spent.
 */
#ifndef FOB_STORE_RENEWAL_H
#define FOB_STORE_RENEWAL_H

#include "store/store.h"

struct renewal;

/* Begin the renewal of the account NAME.  Returns FOB_SUCCESS, FOB_IGNORE (another has begun one),
 * FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int renewal_begin(struct store *store, const char *name, struct renewal **renewal);
void renewal_end(struct renewal *renewal);
/* Reserve room for renewal_write().  Returns FOB_SUCCESS, FOB_NOT_FOUND (no such account),
 * FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM (no room). */
int renewal_reserve(struct renewal *renewal);
/* As store_update(), in the reserved room. */
int renewal_write(struct renewal *renewal, store_change_fn *change, void *data);

/* Note that the renewal failed with CODE at the time WHEN; FOB_SUCCESS removes the note.  It is
 * only kept to spare the provider. */
void renewal_note(const struct renewal *renewal, int code, int64_t when);
/* The code of that note, and its time; FOB_SUCCESS without one. */
int renewal_noted(const struct renewal *renewal, int64_t *when);

#endif
