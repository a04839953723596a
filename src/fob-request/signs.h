/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a page says of the next one and of the whole list, wherever the provider's file looks for
 * it.
 */
#ifndef FOB_FOB_REQUEST_SIGNS_H
#define FOB_FOB_REQUEST_SIGNS_H

#include "fob-request/paging.h"

struct signs {
    char *next;        /* the address or the value of the next page; NULL when there is none */
    const char *place; /* where that was, borrowed from the action */
    bool about_next;   /* one of its places was there, if only with null */
    int64_t total;     /* how many items there are; -1 when that is not said, as the next two */
    int64_t pages;     /* how many pages there are */
    int64_t size;      /* how many items a full page has */
};

/*
 * Read the signs that PAGE of the list LIST has; PATH is its own, whose query may say how large a
 * page is.  Errors are told.  Returns FOB_SUCCESS, FOB_PROTOCOL (the next page's address is none),
 * FOB_NOMEM.  Free them with signs_free().
 */
int signs_read(const struct page *page, const struct fob_action *list, const char *path,
               struct signs *signs);
void signs_free(struct signs *signs);

#endif
