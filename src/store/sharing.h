/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which accounts may have the same credential, or the same remote id: an index beside the records
 * (fob-store(5)), so that a link opens only the accounts that share something with the new one.
 *
 * The index is a cache.  It is sealed, it tells by itself whether it is up to date, and what is
 * missing or wrong in it is made again from the records: a failure costs time and is no error.
 */
#ifndef FOB_STORE_SHARING_H
#define FOB_STORE_SHARING_H

#include "store/record.h"
#include "store/store.h"

/* A change of records, which the index is told of. */
struct sharing;

/* With the lock held, before records are written or erased.  NULL when there is no memory; the
 * other functions take that, and the index is out of date then. */
struct sharing *sharing_begin(struct store *store);
/* RECORD will be written. */
void sharing_add(struct sharing *sharing, const struct record *record);
/* The record NAME will be erased. */
void sharing_erase(struct sharing *sharing, const char *name);
/* With the lock still held: the change ended with CODE.  Frees SHARING. */
void sharing_end(struct sharing *sharing, int code);

typedef void sharing_fn(const struct record *record, void *data);
/*
 * Call FN, in the order of names, for each account that has all secret fields of RECORD, or its
 * remote id, at the same provider.  RECORD's own account may be among them.  An account that cannot
 * be read shares nothing.  Needs no lock.  Returns FOB_SUCCESS, FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM, and as store_unlock().
 */
int sharing_find(struct store *store, const struct record *record, sharing_fn *fn, void *data);
/* Bring the index up to date when it is not: before many records are written. */
void sharing_update(struct store *store);

#endif
