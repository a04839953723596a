/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sending a request and judging its answer.
 */
#ifndef FOB_FOB_REQUEST_REQUEST_H
#define FOB_FOB_REQUEST_REQUEST_H

#include <fob/http.h>

#include "util/strbuf.h"

struct json_object;

struct request {
    const char *account;
    struct fob_http_request http;
    const char *path_from; /* the part of an answer that the path came from; NULL for the caller */
    bool include;          /* print the head too */
    bool accepts_anything; /* the caller set Accept; else the answer must be JSON */
    struct fob_handle *handle;
    struct fob_http *client;
};

/*
 * Send REQUEST.  This and the functions below report errors.  Returns FOB_SUCCESS for a success
 * status, a code for another status (404 is FOB_NOT_FOUND), and as fob_http_send().
 */
int request_send(const struct request *request, struct fob_http_response **response);
/* Parse the answer as JSON, which the caller frees.  Returns FOB_SUCCESS, FOB_PROTOCOL (also when
 * the JSON reports a failure), FOB_NOMEM. */
int request_json(const struct request *request, const struct fob_http_response *response,
                 struct json_object **json);
/* Send REQUEST and print the answer's body.  Returns as request_send(), and FOB_PROTOCOL for an
 * answer that was not requested. */
int request_once(struct request *request);
/* The hint for a successful answer that cannot be understood; or NULL. */
const char *request_hint(const struct request *request);
/* Report the address of a created item, if the answer has it (Location). */
void request_report_location(const struct request *request,
                             const struct fob_http_response *response);
/* Whether the answer's body is empty. */
bool request_is_silent(const struct fob_http_response *response);

/* Read the body from DATA: text, @FILE, @- or -.  Returns FOB_SUCCESS, FOB_INVALID (too large),
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int request_read_data(const char *data, struct strbuf *body);

#endif
