/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The token that the provider gives in exchange for the fields: the option token.
 */
#ifndef FOB_PLUGINS_HTTP_TOKEN_CALL_H
#define FOB_PLUGINS_HTTP_TOKEN_CALL_H

#include <fob/plugin.h>

/* Fetch a new token, and put it.  Returns FOB_SUCCESS, the provider's answer, FOB_INVALID (a value
 * that cannot be sent), FOB_NOMEM. */
int token_fetch(struct fob_handle *handle);
/* The seconds in TEXT, such as 90, 15m or 24h; 0 if it is no duration of at most ten years. */
int64_t token_duration(const char *text);

#endif
