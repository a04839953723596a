/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The client certificate of a client: for all its connections, and never in a file.
 */
#ifndef FOB_HTTP_CERTIFICATE_H
#define FOB_HTTP_CERTIFICATE_H

#include "http/client.h"
#include "http/response.h"

/* Give libcurl the certificate that HTTP has, if any; libcurl borrows it.  Returns FOB_SUCCESS,
 * FOB_SYSTEM (this libcurl takes it from files alone), FOB_NOMEM. */
int certificate_apply(const struct fob_http *http);

/* Whether RESPONSE comes from a server that requires a certificate, or another one. */
bool certificate_is_refused(const struct fob_http_response *response);
/* The same for an exchange that failed with RESULT. */
bool certificate_was_refused(const struct fob_http *http, CURLcode result);
/* Set the message for such a failure.  Returns FOB_REJECTED; without a certificate FOB_UNTRUSTED.
 */
int certificate_report_refused(const struct fob_http *http);
/* The same for CURLE_SSL_CERTPROBLEM: the certificate cannot be used.  Returns FOB_INVALID. */
int certificate_report_unusable(const struct fob_http *http);

#endif
