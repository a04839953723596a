/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The walk over the pages of a list, however they hang together, for fob-request.  One page at a
 * time is in memory.
 */
#ifndef FOB_FOB_REQUEST_PAGING_H
#define FOB_FOB_REQUEST_PAGING_H

#include "fob-request/request.h"

struct page {
    const struct request *request;
    const struct fob_http_response *response;
    struct json_object *json; /* the same, read; may be changed */
    size_t items;             /* how many it has: READ's to set, as the next */
    uint64_t digest;          /* of the items: to go on with (url_page_digest()) */
};

/* What is done with each page.  Both return a code, its error told. */
struct page_handler {
    int (*read)(struct page *page, void *data);  /* find the items */
    int (*print)(struct page *page, void *data); /* they are not those of an earlier page */
    void *data;
};

/*
 * Send REQUEST and those for the pages after it, and have TAKER read and print each.  How they hang
 * together is what LIST says.
 *
 * There is a next page when any sign says so: an address, the number of pages, that of items.  A
 * page that was there before, an address outside the provider's base URL, a full page without any
 * sign, a list that ends before its total, and more than 10,000 pages are failures, as is that of
 * one page; what came before is told then.  So is a total that changes, which goes on.  Errors are
 * told.  Returns FOB_SUCCESS, FOB_PROTOCOL, FOB_SYSTEM (stdout takes no more), and as
 * request_send().
 */
int paging_walk(struct request *request, const struct fob_action *list,
                const struct page_handler *handler);

#endif
