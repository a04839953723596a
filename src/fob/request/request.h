/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sending a request, and what its answer says.
 */
#ifndef FOB_FOB_REQUEST_REQUEST_H
#define FOB_FOB_REQUEST_REQUEST_H

#include <fob/fob.h>

#include "util/tree.h"

struct request {
    const char *account;
    struct fob_query query;
    const char *path_from; /* the part of an answer that the path came from; NULL for the caller */
    bool include;          /* print the head too */
    bool accepts_anything; /* the caller set Accept; else the answer must be JSON */
    struct fob_handle *handle;
};

/* Send REQUEST, with FLAGS of fob_send(), and report errors, as request_once() does.  Returns as
 * fob_send(), and FOB_PROTOCOL for a path that an answer gave. */
int request_send(const struct request *request, unsigned flags, struct fob_answer **answer);
/* Send REQUEST and print the answer's body. */
int request_once(struct request *request);
/* The body of an answer that came as items; a null for an empty one. */
struct tree request_tree(const struct fob_answer *answer);
/* The last of the headers called NAME, borrowed; NULL when there is none. */
const char *request_header(const struct fob_answer *answer, const char *name);
/* The hint for a successful answer that cannot be understood; or NULL. */
const char *request_hint(const struct request *request);
/* Report the address of a created item, if the answer has it (Location). */
void request_report_location(const struct request *request, const struct fob_answer *answer);

/* Read the body from DATA: text, @FILE, @- or -.  Returns FOB_SUCCESS, FOB_INVALID (too large),
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int request_read_data(const char *data, struct strbuf *body);

#endif
