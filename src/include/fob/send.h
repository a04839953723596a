/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Requests to a provider with an account's credential.  Part of <fob/fob.h>. */
#ifndef FOB_SEND_H
#define FOB_SEND_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_action;
struct fob_handle;

/* The largest body, in bytes.  Since 0.2. */
#define FOB_BODY_MAX (16 * 1024 * 1024)

/* A request.  Since 0.2. */
struct fob_query {
    size_t size;        /* sizeof this struct */
    const char *method; /* NULL for GET */
    const char *path;   /* added to base_url: "/company"; or a URL within it */
    const void *body;   /* NULL for none */
    size_t body_size;
    const char *content_type;   /* of the body; NULL for application/json */
    const char *const *headers; /* further "Name: value" lines, ends with NULL; NULL for none */
};

/* An answer. */
struct fob_answer;

/*
 * Send a request in a worker, with the headers and options of the entry that authorized it.  The
 * rules of fob_http(3) hold.  Valid after fob_authorize().
 *
 * The answer must be a success, and not a web page; if its type is JSON, it must be valid JSON.
 * With FOB_ANYTHING, any body of a success is accepted.  With FOB_AS_ITEMS, the body must be JSON,
 * and is returned as items, which fob-worker(7) describes; an empty answer to a request that writes
 * has no items, nor has one with the status 204.
 *
 * Takes FOB_ANYTHING, FOB_AS_ITEMS.  Returns FOB_SUCCESS; the code of fob_http_code() for another
 * status, but FOB_NOT_FOUND for 404; FOB_PROTOCOL for another body; the codes of fob_http_open()
 * and fob_http_send(); FOB_INVALID also before fob_authorize(); FOB_PLUGIN (the worker died).  Free
 * the answer with fob_answer_free().  Since 0.2.
 */
FOB_API int fob_send(struct fob_handle *handle, const struct fob_query *query, unsigned flags,
                     struct fob_answer **answer);

/* What paths are added to, borrowed; NULL before fob_authorize(), or if the entry that authorized
 * has no such option.  Since 0.2. */
FOB_API const char *fob_base_url(const struct fob_handle *handle);

/* The status, 100 to 599.  Since 0.2. */
FOB_API unsigned fob_answer_status(const struct fob_answer *answer);
/* The status line and all headers as received, borrowed.  Since 0.2. */
FOB_API const char *fob_answer_head(const struct fob_answer *answer);
/* The value of the header number INDEX (from 0) of those called NAME, borrowed; NULL past the last.
 * Since 0.2. */
FOB_API const char *fob_answer_header(const struct fob_answer *answer, const char *name,
                                      size_t index);
/* The body, borrowed, followed by a NUL that SIZE does not count.  Since 0.2. */
FOB_API const char *fob_answer_body(const struct fob_answer *answer, size_t *size);
FOB_API void fob_answer_free(struct fob_answer *answer);

/* A page of a list.  Since 0.2. */
struct fob_page {
    size_t size;                     /* sizeof this struct */
    const struct fob_answer *answer; /* as with FOB_AS_ITEMS */
    size_t count;                    /* of items; 1 for an answer that is no list */
    int64_t total;                   /* of the whole list, as this answer has it; or -1 */
};

/*
 * Send a request, and the requests for the following pages, and call FN for each page that is new;
 * a code other than FOB_SUCCESS ends the list.  LIST, an action, describes items and pages; only
 * its items, paginate, page_size and writes are used.  One page at a time is in memory.
 *
 * There is a next page if any sign says so: an address, the number of pages, or the number of
 * items.  Failures are: a failed page, a repeated page, an address outside base_url, a full page
 * without any sign, a list that ends before its total, and more than 10,000 pages.  Without any
 * sign, the next number is tried: an empty page or a 404 ends the list.
 *
 * Returns FOB_SUCCESS, FN's code, FOB_PROTOCOL, and as fob_send().  Since 0.2.
 */
typedef int fob_page_fn(const struct fob_page *page, void *data);
FOB_API int fob_send_pages(struct fob_handle *handle, const struct fob_query *query,
                           const struct fob_action *list, fob_page_fn *fn, void *data);

#ifdef __cplusplus
}
#endif

#endif
