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

/* Begin the renewal of the account NAME: on all machines that share the store, one at a time.
 * Returns FOB_SUCCESS, FOB_IGNORE (another has begun one), as machines_claim(), FOB_CORRUPT,
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int renewal_begin(struct store *store, const char *name, struct renewal **renewal);
void renewal_end(struct renewal *renewal);
/* The descriptor that has the lock, for the process that is to make the renewal; borrowed. */
int renewal_lock(const struct renewal *renewal);
/* In place of renewal_end(): the lock is now with the process that got a copy of the descriptor. */
void renewal_leave(struct renewal *renewal);
/* In that process: as renewal_begin(), with the LOCK that it got.  Owns LOCK, even on failure.
 * Returns FOB_SUCCESS, FOB_NOMEM, and as machines_claim(). */
int renewal_take(struct store *store, const char *name, int lock, struct renewal **renewal);
/* For a process that could not open another header: the store keeps the present one until
 * renewal_end().  Returns as store_unlock(); the header may have changed before. */
int renewal_keep_header(struct renewal *renewal);
/* Whether other machines may make the renewal: to be checked last before the provider is asked. */
bool renewal_is_over(const struct renewal *renewal);
/* Reserve room for renewal_write().  Returns FOB_SUCCESS, FOB_NOT_FOUND (no such account),
 * FOB_CORRUPT, FOB_NOT_ALLOWED, FOB_SYSTEM (no room). */
int renewal_reserve(struct renewal *renewal);
/* As store_update(), in the reserved room. */
int renewal_write(struct renewal *renewal, store_change_fn *change, void *data);

/* In a note: of whatever tokens the account has. */
#define RENEWAL_SINCE_ANY (-1)

/* What is known of the last renewal, unless it succeeded. */
struct renewal_note {
    int code; /* FOB_SUCCESS for no note, FOB_IGNORE for a renewal that began */
    int64_t when;
    int64_t since; /* when the youngest of the account's tokens was fetched; or RENEWAL_SINCE_ANY */
    int64_t cut;   /* when a renewal of the same tokens began that had no end; or 0 */
};
/* Returns FOB_SUCCESS, FOB_SYSTEM.  DURABLE waits for the disk. */
int renewal_write_note(const struct renewal *renewal, const struct renewal_note *note,
                       bool durable);
void renewal_read_note(const struct renewal *renewal, struct renewal_note *note);
void renewal_remove_note(const struct renewal *renewal);

#endif
