/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Finding secrets in texts for people, as they are or encoded, and masking them there.
 */
#ifndef FOB_UTIL_REVEAL_H
#define FOB_UTIL_REVEAL_H

#include "util/proof.h"

#include <stdbool.h>
#include <stddef.h>

/* The number of bytes at TEXT that reveal the SIZE bytes at SECRET: as they are, percent-encoded or
 * in base64, all or their beginning, or one of its lines.  Secrets of less than 4 bytes are not
 * found. */
size_t reveal_size(const char *text, const char *secret, size_t size);
/* The part of a header's value that is secret: without the name of its scheme. */
struct span reveal_credential(const struct fob_secret *value);
/* The same of the headers and the parameters of PROOF. */
size_t reveal_proof_size(const char *text, const struct proof *proof);

/* The number of bytes at TEXT that reveal any of the secrets in DATA. */
typedef size_t reveal_fn(const void *data, const char *text);
/* Mask, with asterisks, the secrets that begin in the first STARTS bytes of TEXT.  Returns whether
 * there are any. */
bool reveal_mask(char *text, size_t starts, reveal_fn *at, const void *data);

#endif
