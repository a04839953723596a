/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The other end of a request beside libcurl: the host, which answers as a provider's file rehearses
 * it; or which records what the provider answers.
 */
#ifndef FOB_HTTP_REHEARSE_H
#define FOB_HTTP_REHEARSE_H

#include "http/outgoing.h"
#include "http/response.h"

/* Let the host answer REQUEST.  RESULT says how the exchange ended.  Returns FOB_SUCCESS; what the
 * host says of a request that it does not expect, with the error set; FOB_INVALID, FOB_NOMEM. */
int rehearse_exchange(struct fob_http *http, const struct outgoing *request,
                      struct fob_http_response *response, CURLcode *result);
/* Tell a host that records what became of a request: RESPONSE if CODE is FOB_SUCCESS, else a
 * failure, which RESULT explains. */
void rehearse_report(struct fob_http *http, int code, CURLcode result,
                     const struct fob_http_response *response);

#endif
