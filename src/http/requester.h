/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The module that a worker loads in place of a plugin to make an application's requests.
 */
#ifndef FOB_HTTP_REQUESTER_H
#define FOB_HTTP_REQUESTER_H

#include <fob/plugin.h>

/* Make the request that follows the call, check the answer, and send it.  Returns FOB_SUCCESS, the
 * code of a failure status (FOB_NOT_FOUND for 404), FOB_PROTOCOL (an unacceptable body), and as
 * fob_http_open() and fob_http_send(). */
FOB_API int requester_hook(struct fob_handle *handle);

#endif
