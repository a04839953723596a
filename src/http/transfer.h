/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A request on its way: its tries, with their redirects, and what came of them.
 *
 * Who sends it makes the exchanges, one after the other, with libcurl's handle of the client, for
 * which each is set up:
 *
 *     transfer_prepare(http, request, transfer);
 *     transfer_go_on(http, transfer);
 *     while (transfer->due) {
 *         transfer_arrive(http, transfer, curl_easy_perform(http->easy));
 *         transfer_go_on(http, transfer);
 *     }
 *     code = transfer_end(http, transfer, &response);
 */
#ifndef FOB_HTTP_TRANSFER_H
#define FOB_HTTP_TRANSFER_H

#include "http/request.h"
#include "http/response.h"

#include <curl/curl.h>

struct fob_http;

struct transfer {
    struct request request;
    bool begun;     /* there was a try */
    bool due;       /* an exchange is set up, and to be made */
    CURL *easy;     /* the client's */
    int64_t until;  /* when this try's time is over, on clock_ms() */
    unsigned tried; /* tries before this one */
    unsigned followed;
    bool sent;       /* at least a part of the request, in this try or one before */
    int code;        /* why nothing more is sent, the reason being set; or FOB_SUCCESS */
    CURLcode result; /* of the last exchange */
    enum response_fault fault;
    struct fob_http_response *response; /* or NULL */
};

/* Check REQUEST, and put it on the client; nothing of the caller's is needed after that. */
void transfer_prepare(struct fob_http *http, const struct fob_http_request *request,
                      struct transfer *transfer);
/* The exchange that was due has been made, with RESULT. */
void transfer_arrive(struct fob_http *http, struct transfer *transfer, CURLcode result);
/* Whether nothing is to be sent after what has arrived: transfer_go_on() will not wait. */
bool transfer_is_settled(const struct fob_http *http, const struct transfer *transfer);
/* Set up the first or next exchange, when it is its turn and after a pause where there is to be
 * one; or else nothing is due. */
void transfer_go_on(struct fob_http *http, struct transfer *transfer);
/* Take everything off the client again.  Returns as fob_http_send() does, with RESPONSE on success.
 */
int transfer_end(struct fob_http *http, struct transfer *transfer,
                 struct fob_http_response **response);

#endif
