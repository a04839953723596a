/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Signs: what a page says about the next page and the whole list, at the places that the provider's
 * file names.
 */
#ifndef FOB_CORE_LIST_SIGNS_H
#define FOB_CORE_LIST_SIGNS_H

#include "core/list/page.h"

struct signs {
    char *next;        /* the next page's address or value; NULL for none */
    const char *place; /* where it was found, borrowed from the action */
    bool about_next;   /* one of its places exists, even if null */
    int64_t total;     /* the number of items; these are -1 when not given */
    int64_t pages;     /* the number of pages */
    int64_t size;      /* the number of items in a full page */
    bool has_size;     /* the answer itself says how many items a full page has */
    int more;          /* whether it says that more follow; -1 when it does not say */
};

/* Read the counts of PAGE, a page of LIST.  PATH is the page's own path, whose query may give the
 * page size.  Free SIGNS with signs_free(). */
void signs_read(const struct page *page, const struct fob_action *list, const char *path,
                struct signs *signs);
/* Find the next page's address or value.  Returns FOB_SUCCESS, FOB_PROTOCOL (it is not valid),
 * FOB_NOMEM. */
int signs_find_next(const struct page *page, const struct fob_paginate *paginate,
                    struct signs *signs);
void signs_free(struct signs *signs);

#endif
