/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Requests that options describe: "get: /path", the map "query", and a body.
 */
#ifndef FOB_PLUGINS_HTTP_EXCHANGE_H
#define FOB_PLUGINS_HTTP_EXCHANGE_H

#include <fob/http.h>

/* The path of the request that NODE describes, and its method; NULL if there is none. */
const struct fob_node *exchange_path(const struct fob_node *node, const char **method);

/* Make the request that NODE describes.  The caller frees RESPONSE.  Returns as fob_http_send(). */
int exchange_send(struct fob_handle *handle, struct fob_http *http, const struct fob_node *node,
                  struct fob_http_response **response);

#endif
