/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The module that a worker loads in place of a plugin to make an application's requests.
 */
#ifndef FOB_HTTP_REQUESTER_H
#define FOB_HTTP_REQUESTER_H

#include <fob/plugin.h>

/* Make the request that comes with the call, and judge and send the answer.  Returns FOB_SUCCESS
 * for a success that is what was asked for, a code for another status (404 is FOB_NOT_FOUND),
 * FOB_PROTOCOL for another body, and as fob_http_open() and fob_http_send(). */
FOB_API int requester_hook(struct fob_handle *handle);

#endif
