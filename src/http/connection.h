/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Connections between two requests.
 */
#ifndef FOB_HTTP_CONNECTION_H
#define FOB_HTTP_CONNECTION_H

#include <curl/curl.h>

/* Between two requests: shut EASY's connection down if any bytes came on it, which would be taken
 * for the next answer.  libcurl then makes another connection. */
void connection_check(CURL *easy);

#endif
