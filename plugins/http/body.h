/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The body of a request: "form", a map of parameters, or "body", any value as JSON.
 */
#ifndef FOB_PLUGINS_HTTP_BODY_H
#define FOB_PLUGINS_HTTP_BODY_H

#include <fob/plugin.h>

/*
 * Append the parameters of MAP to TO, separated by "&"; one with a field without a value is left
 * out.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM.
 */
int body_add_parameters(struct fob_handle *handle, const struct fob_node *map,
                        struct fob_secret *to);

/* The content type of the body that the request NODE describes; NULL for none. */
const char *body_type(const struct fob_node *node);
/* Append that body to TO.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM. */
int body_fill(struct fob_handle *handle, const struct fob_node *node, struct fob_secret *to);

#endif
