/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Putting the credential on requests: the options headers, query, certificate and base_url.
 */
#ifndef FOB_PLUGINS_HTTP_CREDENTIAL_H
#define FOB_PLUGINS_HTTP_CREDENTIAL_H

#include <fob/plugin.h>

/* Add the headers and parameters, use the certificate, and set the base URL.  Returns FOB_SUCCESS,
 * FOB_INVALID (a value that cannot be sent, or is missing), FOB_EXPIRED, FOB_NOMEM. */
int credential_put(struct fob_handle *handle);

#endif
