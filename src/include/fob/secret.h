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
 * A secret: bytes in memory that is locked as far as the process's limit permits, excluded from
 * core dumps and forked children, and wiped when freed.  A NUL that is not counted follows the
 * bytes.
 */
struct fob_secret;

/* Copy SIZE bytes (at most FOB_VALUE_MAX) into a new secret.  Returns FOB_SUCCESS, FOB_INVALID,
 * FOB_NOMEM.  Free it with fob_secret_free().  Since 0.1. */
FOB_API int fob_secret_new(const void *data, size_t size, struct fob_secret **secret);
/* Add SIZE bytes at the end; a pointer borrowed before is no longer valid.  Returns FOB_SUCCESS,
 * FOB_INVALID (the secret would exceed FOB_VALUE_MAX), FOB_NOMEM; a failure adds nothing.  Since
 * 0.1. */
FOB_API int fob_secret_append(struct fob_secret *secret, const void *data, size_t size);
/* The bytes, borrowed; empty for a secret of the parent in a child of fork().  Since 0.1. */
FOB_API const char *fob_secret_data(const struct fob_secret *secret);
FOB_API size_t fob_secret_size(const struct fob_secret *secret);
/* Wipe and free.  Since 0.1. */
FOB_API void fob_secret_free(struct fob_secret *secret);
/* Prevent core dumps of this process, and keep the other processes of its user from reading its
 * memory (PR_SET_DUMPABLE in prctl(2)).  A program calls this at its start, since libraries may
 * keep copies of the secrets that they are given.  Since 0.1. */
FOB_API void fob_secret_no_dumps(void);

#ifdef __cplusplus
}
#endif

#endif
