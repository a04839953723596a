/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Validation times (fob-store(5)): when a provider last accepted a credential, in one file beside
 * the records.  A sweep that instead wrote each record again, only to change its time, would wait
 * for the disk more than for the providers.
 */
#ifndef FOB_STORE_VALIDATED_H
#define FOB_STORE_VALIDATED_H

#include "store/record.h"
#include "store/store.h"

struct validated;

/* All validation times; the file is read when the first of them is needed.  Returns FOB_SUCCESS,
 * FOB_NOMEM. */
int validated_open(struct store *store, struct validated **validated);
void validated_free(struct validated *validated);
/* Set RECORD's time of validation.  An entry that was not written with the store's key is ignored.
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_CORRUPT (the file is far too large), FOB_SYSTEM,
 * FOB_NOMEM, and as store_unlock(). */
int validated_apply(struct validated *validated, struct record *record);
/* The same for a single record. */
int validated_apply_one(struct store *store, struct record *record);

/* The time when a record's credential was accepted. */
struct validated_time {
    const struct record *record;
    int64_t when; /* seconds since 1970 */
};
/* With the lock held: append COUNT times, without waiting for the disk.  After a power cut they may
 * be lost, and the earlier times count again.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM, and as store_unlock(). */
int validated_add(struct store *store, const struct validated_time *times, size_t count);
/* Remove entries that later ones replace, when there are many for this number of ACCOUNTS.  Returns
 * as store_insert(). */
int validated_tidy(struct store *store, size_t accounts);
/* The same, once in many calls: it reads all entries, which costs much after one validation. */
int validated_tidy_rarely(struct store *store);

#endif
