/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sending a request and judging the answer, for fob-request.
 */
#ifndef FOB_FOB_REQUEST_REQUEST_H
#define FOB_FOB_REQUEST_REQUEST_H

#include <fob/http.h>

#include "util/strbuf.h"

struct json_object;

struct request {
    const char *account;
    struct fob_http_request http;
    const char *path_from; /* what of an answer the path came from; NULL: it is the caller's */
    bool include;          /* print the head, too */
    bool accepts_anything; /* the caller said what it wants; else it is JSON */
    struct fob_handle *handle;
    struct fob_http *client;
};

/*
 * Send it.  Errors are told, here and below.  Returns FOB_SUCCESS for a status of success, a code
 * by another one (404 is FOB_NOT_FOUND), or as fob_http_send().
 */
int request_send(const struct request *request, struct fob_http_response **response);
/* The answer as JSON, which the caller frees.  Returns FOB_SUCCESS, FOB_PROTOCOL (also when the
 * JSON says that it is no success), FOB_NOMEM. */
int request_json(const struct request *request, const struct fob_http_response *response,
                 struct json_object **json);
/* Send it and print the answer's body.  Returns as request_send(), and FOB_PROTOCOL for an answer
 * that is not what was asked for. */
int request_once(struct request *request);
/* What to do when an answer of success is not understood: a hint, or NULL. */
const char *request_hint(const struct request *request);
/* Tell where the thing is that was made, if the answer has its address (Location). */
void request_report_location(const struct request *request,
                             const struct fob_http_response *response);
/* Whether the answer says no more than its head does. */
bool request_is_silent(const struct fob_http_response *response);

/* Read a body: DATA is text, @FILE, @- or -.  Returns FOB_SUCCESS, FOB_INVALID (too large),
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int request_read_data(const char *data, struct strbuf *body);

#endif
