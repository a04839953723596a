/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The value of a header: a template, or { base64: TEMPLATE, scheme: WORD }.
 */
#ifndef FOB_PLUGINS_HTTP_HEADER_VALUE_H
#define FOB_PLUGINS_HTTP_HEADER_VALUE_H

#include <fob/plugin.h>

/* Append the value that NODE describes to TO.  Returns FOB_SUCCESS; FOB_NOT_FOUND, without a
 * message, if a field has no value; FOB_INVALID (a value that cannot be sent); FOB_NOMEM. */
int header_value_fill(struct fob_handle *handle, const struct fob_node *node,
                      struct fob_secret *to);

#endif
