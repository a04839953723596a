/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of struct fob_secret: memory that is locked, kept out of core dumps, and wiped on
 * growth, on free and on every error path.
 */
#ifndef FOB_UTIL_SECRET_H
#define FOB_UTIL_SECRET_H

#include <fob/fob.h>

/* A secret of SIZE zero bytes, to be filled through secret_buffer().  SIZE may pass FOB_VALUE_MAX
 * up to SECRET_MAX.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM. */
#define SECRET_MAX (4 * 1024 * 1024)
int secret_alloc(size_t size, struct fob_secret **secret);
/* Whether SECRET was made in the parent before a fork.  It is empty in this process, and stays
 * so. */
bool secret_is_lost(const struct fob_secret *secret);
/* The writable bytes. */
char *secret_buffer(struct fob_secret *secret);
/* Like fob_secret_append(), but up to SECRET_MAX. */
int secret_append(struct fob_secret *secret, const void *data, size_t size);
/* Shorten to SIZE bytes, wiping the rest. */
void secret_truncate(struct fob_secret *secret, size_t size);
/* Whether A equals B.  Takes constant time for equal sizes. */
bool secret_equal(const void *a, size_t a_size, const void *b, size_t b_size);
/* Overwrite DATA with zeros; the compiler does not optimize this away. */
void secret_wipe(void *data, size_t size);

#endif
