/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Walking over the pages of a list, with any kind of pagination.  One page at a time is in memory.
 */
#ifndef FOB_FOB_REQUEST_PAGING_H
#define FOB_FOB_REQUEST_PAGING_H

#include "fob/request/request.h"

struct page {
    const struct request *request;
    const struct fob_answer *answer;
    struct tree json; /* the body */
    size_t items;     /* the number of items; set by READ */
    uint64_t digest;  /* a digest of the items (url_page_digest()); set by READ */
};

/* Handles each page.  Both functions report errors and return a code. */
struct page_handler {
    int (*read)(struct page *page, void *data);  /* find the items */
    int (*print)(struct page *page, void *data); /* print them; called if they are new */
    void *data;
};

/*
 * Send REQUEST and the requests for the following pages, and let HANDLER read and print each.  LIST
 * describes the pagination.
 *
 * There is a next page if any sign says so: an address, the number of pages, or the number of
 * items.  Failures are: a failed page, a repeated page, an address outside the provider's base URL,
 * a full page without any sign, a list that ends before its total, and more than 10,000 pages.
 * After a failure the number of printed items is reported.  A changed total is only a warning.
 * Reports errors.  Returns FOB_SUCCESS, FOB_PROTOCOL, FOB_SYSTEM (stdout takes no more), and as
 * request_send().
 */
int paging_walk(struct request *request, const struct fob_action *list,
                const struct page_handler *handler);

#endif
