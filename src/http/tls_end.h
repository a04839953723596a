/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The end of a TLS connection, which only a goodbye (close_notify) proves to be one.
 */
#ifndef FOB_HTTP_TLS_END_H
#define FOB_HTTP_TLS_END_H

#include <curl/curl.h>

#include <stdbool.h>

/* Whether libcurl's TLS library takes any other end for an error by itself. */
bool tls_end_is_checked(void);
/* Have EASY set SAID to whether the far end has said goodbye since the last request. */
CURLcode tls_end_watch(CURL *easy, bool *said);

#endif
