/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The pool of idle clients with their open connections, so that the next request to the same base
 * URL need not connect again.
 *
 * A client in the pool has nothing of a request left on it.  Thread-safe.  All clients are freed
 * when the process ends; a child of fork() abandons its parent's.
 */
#ifndef FOB_HTTP_POOL_H
#define FOB_HTTP_POOL_H

struct client_key;
struct fob_http;

/* Take a client for KEY, or NULL. */
struct fob_http *pool_take(const struct client_key *key);
/* Return HTTP to the pool, which takes it over; if the pool is full, the oldest client is freed. */
void pool_give(struct fob_http *http);

#endif
