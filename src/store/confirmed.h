/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Confirmations: that a provider accepted a credential, when nothing else was new (fob-store(5)).
 * They lie in one file, beside the records: a sweep that wrote each record again, only to have
 * another time in it, would wait for the disk more than for the providers.
 */
#ifndef FOB_STORE_CONFIRMED_H
#define FOB_STORE_CONFIRMED_H

#include "store/record.h"
#include "store/store.h"

struct confirmed;

/* All there are; they are read when the first is looked for.  Returns FOB_SUCCESS, FOB_NOMEM. */
int confirmed_open(struct store *store, struct confirmed **confirmed);
void confirmed_free(struct confirmed *confirmed);
/* Have RECORD tell when its credential was last accepted.  One that nobody with the key wrote
 * counts for nothing.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_CORRUPT (far too large),
 * FOB_SYSTEM, FOB_NOMEM, and as store_unlock(). */
int confirmed_apply(struct confirmed *confirmed, struct record *record);
/* The same of one record alone. */
int confirmed_apply_one(struct store *store, struct record *record);

/* That the credential of a record was accepted. */
struct confirmation {
    const struct record *record;
    int64_t when; /* seconds since 1970 */
};
/* With the lock held: keep COUNT of them.  The disk is not waited for: a power cut may take
 * them, and the time before them counts then.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM, and as store_unlock(). */
int confirmed_add(struct store *store, const struct confirmation *confirmations, size_t count);
/* Remove entries that later ones replace, when there are many of them for this number of ACCOUNTS.
 * Returns as store_insert(). */
int confirmed_tidy(struct store *store, size_t accounts);

#endif
