/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The memory of libcurl: it is wiped when libcurl gives it back, since it may have held a
 * credential.  Whether libcurl ran out of memory: up to 8.5, it also reports "out of memory" for a
 * header line that is too long for it.
 */
#ifndef FOB_HTTP_MEMORY_H
#define FOB_HTTP_MEMORY_H

#include <curl/curl.h>

#include <stdbool.h>

/* curl_global_init().  If another library has called it before, no lack is noticed. */
CURLcode memory_init(void);
/* Begin to watch this thread's allocations. */
void memory_forget(void);
/* Whether one of them has failed since then, as far as that is known. */
bool memory_lacked(void);

#endif
