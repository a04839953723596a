/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Requests that options describe: "get: /path" or "post: URL", the maps "query" and "headers", and
 * a body.
 */
#ifndef FOB_PLUGINS_HTTP_EXCHANGE_H
#define FOB_PLUGINS_HTTP_EXCHANGE_H

#include <fob/http.h>

/* The path or URL of the request that NODE describes, and its method; NULL if there is none. */
const struct fob_node *exchange_target(const struct fob_node *node, const char **method);
/* Whether KEY is a method's. */
bool exchange_is_method(const char *key);

/* Make the request that NODE describes, with a client that the caller closes, also on failure: with
 * a path, it has the credential; with a URL, only what NODE says, and the client certificate.  The
 * caller frees RESPONSE. Returns as fob_http_open_at() and fob_http_send(). */
int exchange_send(struct fob_handle *handle, const struct fob_node *node, struct fob_http **http,
                  struct fob_http_response **response);

/* A form that is sent to a URL, beside the query, the headers and the form of a node. */
struct exchange_form {
    const char *url; /* a template */
    const struct fob_secret *parameters;
    const struct fob_secret *header; /* a further "Name: value"; empty for none */
};
/* The same for FORM; NODE may be NULL. */
int exchange_send_form(struct fob_handle *handle, const struct fob_node *node,
                       const struct exchange_form *form, struct fob_http **http,
                       struct fob_http_response **response);

#endif
