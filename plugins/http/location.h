/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Whole URLs: a host and a path with fields in them.
 */
#ifndef FOB_PLUGINS_HTTP_LOCATION_H
#define FOB_PLUGINS_HTTP_LOCATION_H

#include <fob/plugin.h>

/* Whether TEXT is a whole URL, and not a path below base_url. */
bool location_is_whole(const char *text);
/* Append the URL TEXT with the values of its fields to TO.  Returns FOB_SUCCESS, FOB_INVALID (a
 * value that is missing, or cannot be there), FOB_NOMEM. */
int location_fill(struct fob_handle *handle, const char *text, struct fob_secret *to);

#endif
