/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Memory for secrets: locked while the limit permits, kept out of core dumps and of forked
 * children.
 *
 * Small pieces share pages: locked memory is counted by the page, and few may have much of it.
 */
#ifndef FOB_UTIL_PAGES_H
#define FOB_UTIL_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct pages {
    char *data;
    size_t capacity;
    struct slab *slab; /* what it is a piece of; NULL for pages of its own */
};

/* At least SIZE zero bytes; false when out of memory.  Thread-safe. */
bool pages_alloc(size_t size, struct pages *pages);
/* Wipe PAGES, of which DATA may be NULL, and give them back.  Thread-safe. */
void pages_free(const struct pages *pages);
/* As fob_secret_no_dumps(); pages that are taken from then on need not be left out of dumps. */
void pages_never_dump(void);
/* True once in a process, when memory could not be locked, so that somebody can be told.
 * Thread-safe.
 */
bool pages_lock_failed(void);

#endif
