/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The end of a TLS connection: only a goodbye (close_notify) proves that the far end made it.
 */
#ifndef FOB_HTTP_TLS_END_H
#define FOB_HTTP_TLS_END_H

#include <curl/curl.h>

#include <stdbool.h>

/* Whether libcurl itself reports any other end as an error, with its TLS library. */
bool tls_end_is_checked(void);
/* Let EASY set SAID: whether the far end has said goodbye since the last request. */
CURLcode tls_end_watch(CURL *easy, bool *said);

#endif
