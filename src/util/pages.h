/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Memory for secrets: locked while the limit permits, kept out of core dumps, and wiped in forked
 * children.
 *
 * Small allocations share pages, because the limit on locked memory is low and counts whole pages.
 */
#ifndef FOB_UTIL_PAGES_H
#define FOB_UTIL_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct pages {
    char *data;
    size_t capacity;
    struct slab *slab; /* whose slot it is; NULL for pages of its own */
};

/* Allocate at least SIZE zero bytes; false when out of memory.  Thread-safe. */
bool pages_alloc(size_t size, struct pages *pages);
/* Wipe and free PAGES, whose DATA may be NULL.  Thread-safe. */
void pages_free(const struct pages *pages);
/* See fob_secret_no_dumps().  Later allocations need not be excluded from dumps one by one. */
void pages_never_dump(void);
/* True when memory could not be locked, and only once in a process, so that the caller warns once.
 * Thread-safe. */
bool pages_lock_failed(void);

#endif
