/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Connections that are kept for the next request.
 */
#ifndef FOB_HTTP_CONNECTION_H
#define FOB_HTTP_CONNECTION_H

#include <curl/curl.h>

/* Have libcurl take the last connection of EASY, which no request is on, for closed if anything
 * came on it: it would be taken for the answer to the next request. */
void connection_check(CURL *easy);

#endif
