/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The driver: the exchanges of a thread that runs many hooks, all at the same time.
 *
 * It has libcurl's multi handle, whose connections all of the thread's clients share, and which
 * says what it waits for: curl_multi_socket_action(3), epoll(7).
 */
#ifndef FOB_HTTP_DRIVER_H
#define FOB_HTTP_DRIVER_H

#include <fob/plugin.h>

#include <stdbool.h>

struct driver;
struct fob_http;

/* The driver of the calling thread, made at the first call; NULL when the hook is not to be
 * deferred, or there can be none. */
struct driver *driver_of(struct fob_handle *handle);
/* Make the exchange that is due in HTTP's transfer, tell the transfer of it, and wake the client's
 * handle.  False when that can not be: the exchange is still to be made. */
bool driver_add(struct driver *driver, struct fob_http *http);

#endif
