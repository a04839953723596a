/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * libcurl handles that nobody uses at the moment, with their open connections, so that the next
 * client for the same place need not connect again.
 *
 * Nothing of a request stays on a handle in here: who gives one back has taken headers, body and
 * options off.  Thread-safe; all are closed when the process ends.
 */
#ifndef FOB_HTTP_POOL_H
#define FOB_HTTP_POOL_H

#include <curl/curl.h>

#include <stdbool.h>

/* What two clients must have in common to use the same connections; borrowed. */
struct pool_key {
    const char *origin;
    const char *ca_file; /* NULL for the system's */
};

/* For once, after libcurl was set up: have everything closed at the end.  False when out of
 * memory. */
bool pool_start(void);
/* A handle for KEY, of no options at all; NULL when there is none. */
CURL *pool_take(const struct pool_key *key);
/* Take EASY over, or close it when there is no room, or out of memory. */
void pool_give(const struct pool_key *key, CURL *easy);

#endif
