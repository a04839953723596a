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
    bool include;          /* print the head too */
    bool accepts_anything; /* the caller set Accept; else the answer must be JSON */
    struct fob_handle *handle;
};

/* Send REQUEST and print the answer's body. */
int request_once(struct request *request);
/* The body of an answer that came as items; a null for an empty one. */
struct tree request_tree(const struct fob_answer *answer);
/* The last of the headers Location, borrowed; NULL when there is none. */
const char *request_location(const struct fob_answer *answer);
/* Report the address of an item that was created for ACCOUNT, if the answer has it. */
void request_report_location(const char *account, const struct fob_answer *answer);

/* Read the body from DATA: text, @FILE, @- or -.  Returns FOB_SUCCESS, FOB_INVALID (too large),
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int request_read_data(const char *data, struct strbuf *body);

#endif
