/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * When there is no answer: what that means, whether to try again, and how to say it.
 */
#ifndef FOB_HTTP_FAILURE_H
#define FOB_HTTP_FAILURE_H

#include "http/client.h"
#include "http/response.h"

/* Whether a safe request that ended so may be sent again: the connection could not be made, or
 * broke.  Not after a time-out, which has taken all the time there was. */
bool failure_is_passing(const struct fob_http *http, CURLcode result);
/* Set the reason for RESULT, which is not CURLE_OK, and return the code. */
int failure_report(struct fob_http *http, CURLcode result, enum response_fault fault);

#endif
