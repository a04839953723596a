/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Whether libcurl got the memory that it asked for: up to 8.5, it says "out of memory" also of what
 * is larger than it takes.
 */
#ifndef FOB_HTTP_MEMORY_H
#define FOB_HTTP_MEMORY_H

#include <curl/curl.h>

#include <stdbool.h>

/* curl_global_init().  Where the application was earlier with that, no lack is noticed. */
CURLcode memory_init(void);
/* From now on there was enough for this thread. */
void memory_forget(void);
/* Whether there was less since then. */
bool memory_lacked(void);

#endif
