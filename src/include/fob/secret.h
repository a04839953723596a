/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Secrets in memory.  Part of <fob/fob.h>. */
#ifndef FOB_SECRET_H
#define FOB_SECRET_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A secret: bytes in memory that is locked when the process's limit permits, left out of core dumps
 * and of forked children, and wiped when freed.  Always followed by a NUL that is not counted.
 */
struct fob_secret;

/* Copy SIZE bytes (at most FOB_VALUE_MAX) into a new secret.  Returns FOB_SUCCESS, FOB_INVALID,
 * FOB_NOMEM.  Free it with fob_secret_free().  Since 0.1. */
FOB_API int fob_secret_new(const void *data, size_t size, struct fob_secret **secret);
/* Add SIZE bytes at the end; what was borrowed before is no longer valid.  Returns FOB_SUCCESS,
 * FOB_INVALID (it would pass FOB_VALUE_MAX), FOB_NOMEM; on failure nothing was added.  Since 0.1.
 */
FOB_API int fob_secret_append(struct fob_secret *secret, const void *data, size_t size);
/* The bytes, borrowed.  In a child of fork() a secret of the parent is empty, and stays so.  Since
 * 0.1. */
FOB_API const char *fob_secret_data(const struct fob_secret *secret);
FOB_API size_t fob_secret_size(const struct fob_secret *secret);
/* Wipe and free.  Since 0.1. */
FOB_API void fob_secret_free(struct fob_secret *secret);
/* For a program, at its start: no core dump is written of this process, and no other process of its
 * user may read its memory (PR_SET_DUMPABLE in prctl(2)), since libraries keep copies of the
 * secrets they are given.  Since 0.1. */
FOB_API void fob_secret_no_dumps(void);

#ifdef __cplusplus
}
#endif

#endif
