/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An index of accounts by credential and remote id (fob-store(5)).  With it, a link opens only the
 * accounts that may share something with the new one.
 *
 * The index is a cache.  It is sealed, and detects whether it is up to date.  Missing or wrong
 * entries are rebuilt from the records, so a failure costs time but is not an error.
 */
#ifndef FOB_STORE_SHARING_H
#define FOB_STORE_SHARING_H

#include "store/record.h"
#include "store/store.h"

/* A change of records that the index has to follow. */
struct sharing;

/* Call this with the lock held, before records are written or erased.  NULL when out of memory; the
 * other functions accept NULL, and the index is then out of date. */
struct sharing *sharing_begin(struct store *store);
/* RECORD will be written. */
void sharing_add(struct sharing *sharing, const struct record *record);
/* The record NAME will be erased. */
void sharing_erase(struct sharing *sharing, const char *name);
/* With the lock still held: end the change, whose result is CODE.  Frees SHARING. */
void sharing_end(struct sharing *sharing, int code);

typedef void sharing_fn(const struct record *record, void *data);
/*
 * Call FN, in the order of names, for each account that has all secret fields of RECORD, or its
 * remote id, at the same provider.  RECORD's own account may be among them.  Accounts that cannot
 * be read are skipped.  Needs no lock.  Returns FOB_SUCCESS, FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM, and as store_unlock().
 */
int sharing_find(struct store *store, const struct record *record, sharing_fn *fn, void *data);
/* Bring the index up to date if necessary.  Call this before many records are written. */
void sharing_update(struct store *store);

#endif
