/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Clients that nobody uses at the moment, with their open connections, so that the next one for the
 * same place need not connect again.
 *
 * Nothing of a request stays on a client in here: who gives one back has taken address, headers,
 * and body off.  Thread-safe; all are freed when the process ends, but for a parent's in a child of
 * fork(), which are abandoned.
 */
#ifndef FOB_HTTP_POOL_H
#define FOB_HTTP_POOL_H

struct client_key;
struct fob_http;

/* A client for KEY; NULL when there is none. */
struct fob_http *pool_take(const struct client_key *key);
/* Take HTTP over; where there is no room the oldest one is freed. */
void pool_give(struct fob_http *http);

#endif
