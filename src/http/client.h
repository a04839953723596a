/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The client: one libcurl handle with fob's rules set on it, for one handle of fob at a time.
 */
#ifndef FOB_HTTP_CLIENT_H
#define FOB_HTTP_CLIENT_H

#include <fob/http.h>

#include <curl/curl.h>

#include "http/transfer.h"
#include "http/url.h"

struct fob_http {
    struct fob_handle *handle; /* borrowed */
    char *base_url;            /* as the option has it */
    struct url_base base;
    char *ca_file; /* NULL for the system's */
    int64_t timeout;
    int64_t retries;
    CURL *easy;
    bool said_goodbye;           /* when the connection is over: that was not anybody's doing */
    bool left_loopback;          /* a plain connection was about to leave this machine */
    char error[CURL_ERROR_SIZE]; /* libcurl's words about the last failure */

    /* While fob_http_then() is at work. */
    struct transfer transfer;
    fob_http_next_fn *next;
    unsigned depth;           /* calls of it that are not over: NEXT may make another */
    struct fob_http *younger; /* of those that a driver has */
    struct fob_http *older;
};

void client_free(struct fob_http *http);

#endif
