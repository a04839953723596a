/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The token that the provider gives in exchange for the fields: the option token.
 */
#ifndef FOB_PLUGINS_HTTP_TOKEN_CALL_H
#define FOB_PLUGINS_HTTP_TOKEN_CALL_H

#include <fob/http.h>

/* Fetch a new token, and put it.  Returns FOB_SUCCESS, the provider's answer, FOB_INVALID (a value
 * that cannot be sent), FOB_NOMEM. */
int token_fetch(struct fob_handle *handle);
/* Judge the answer to a request for a token: as fob_http_code(), but FOB_REJECTED where the body
 * says that the credential is wrong. */
int token_judge(struct fob_handle *handle, const struct fob_http *http,
                const struct fob_http_response *response);
/* Put the token of the answer to a request that was sent at the time SENT; JSON is the answer, NULL
 * if that is not JSON. */
int token_take(struct fob_handle *handle, struct json_object *json,
               const struct fob_http_response *response, int64_t sent);
/* Whether VALUE can be a token: 1 to 65536 visible characters of ASCII. */
bool token_is_usable(const char *value);
/* The seconds in TEXT, such as 90, 15m or 24h; 0 if it is no duration of at most ten years. */
int64_t token_duration(const char *text);

#endif
