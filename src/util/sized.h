/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Public structs that begin with their size, as the caller's header had it (fob_abi(7)). */
#ifndef FOB_UTIL_SIZED_H
#define FOB_UTIL_SIZED_H

#include <stddef.h>

/* More than any of them will have: a larger size is a mistake, and must not be read. */
#define SIZED_MAX 4096

/* Copy FROM, whose first member is its size, into the SIZE bytes of COPY, with zeros for those that
 * FROM lacks.  Returns NULL, or the fault of FROM; COPY is undefined then. */
const char *sized_copy(void *copy, size_t size, const void *from);
/* The same for a FROM without that member: it has GIVEN bytes, at most SIZED_MAX. */
const char *sized_copy_bytes(void *copy, size_t size, const void *from, size_t given);

#endif
