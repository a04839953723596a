/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A request without an answer: what it means, whether to try again, and what to report.
 */
#ifndef FOB_HTTP_FAILURE_H
#define FOB_HTTP_FAILURE_H

#include "http/client.h"
#include "http/response.h"

/* Whether a safe request may be sent again after RESULT: the connection could not be made, or
 * broke.  Not after a time-out, which has used up the time. */
bool failure_is_passing(const struct fob_http *http, CURLcode result);
/* Set the message for RESULT, which is not CURLE_OK, and return the code. */
int failure_report(struct fob_http *http, CURLcode result, enum response_fault fault);

#endif
