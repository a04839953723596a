/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * OAuth 2.0 (RFC 6749): tokens in exchange for a code or a refresh token, and their end.
 */
#ifndef FOB_PLUGINS_HTTP_OAUTH_GRANT_H
#define FOB_PLUGINS_HTTP_OAUTH_GRANT_H

#include <fob/plugin.h>

/* The fields of the registered app, and the token that renews. */
#define GRANT_ID "client_id"
#define GRANT_SECRET "client_secret"
#define GRANT_REFRESH "refresh_token"

/* Exchange the code in ANSWER for tokens, and put them.  MISSING gets the names of scopes that were
 * not granted.  Returns as token_fetch(). */
int oauth_grant_exchange(struct fob_handle *handle, const struct fob_sign_in_answer *answer,
                         struct fob_secret *missing);
/* Exchange the refresh token.  Returns as token_fetch(); FOB_REJECTED without a refresh token. */
int oauth_grant_refresh(struct fob_handle *handle);
/* End the tokens at URL (RFC 7009).  Returns FOB_SUCCESS, or the provider's answer. */
int oauth_grant_revoke(struct fob_handle *handle, const struct fob_node *revoke);

#endif
