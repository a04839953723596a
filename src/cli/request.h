/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sending a request and printing the answer, for fob-request.
 */
#ifndef FOB_CLI_REQUEST_H
#define FOB_CLI_REQUEST_H

#include <fob/http.h>

struct request {
    const char *account;
    struct fob_http_request http;
    bool include;          /* print the head, too */
    bool accepts_anything; /* the caller said what it wants; else it is JSON */
    struct fob_handle *handle;
    struct fob_http *client;
};

/* Errors are told.  Both return FOB_SUCCESS, a code by the answer's status (404 is
 * FOB_NOT_FOUND), FOB_PROTOCOL for an answer that is not what was asked for, or as
 * fob_http_send(). */
int request_once(struct request *request);
/*
 * Follow meta.next_url and print one JSON array, page by page.  When a page fails the array is left
 * open, so that nobody takes a part for the whole.
 */
int request_pages(struct request *request);

#endif
