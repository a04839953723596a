/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Failures of the environment's proxy.
 */
#ifndef FOB_HTTP_PROXY_H
#define FOB_HTTP_PROXY_H

#include <curl/curl.h>

#include <stdbool.h>

struct fob_http;

/* Whether the last exchange, which ended with RESULT, failed at the proxy; and if so, whether to
 * try again. */
bool proxy_failed(const struct fob_http *http, CURLcode result);
bool proxy_failure_is_passing(const struct fob_http *http);
/* Set the reason, which names the proxy.  Returns FOB_CONFIG (it needs a password, or its scheme is
 * unknown), FOB_UNAVAILABLE. */
int proxy_report(struct fob_http *http);

#endif
