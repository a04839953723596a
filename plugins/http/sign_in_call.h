/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The option oauth: a person's sign-in at the provider.
 */
#ifndef FOB_PLUGINS_HTTP_SIGN_IN_CALL_H
#define FOB_PLUGINS_HTTP_SIGN_IN_CALL_H

#include <fob/plugin.h>

/* The field that is the redirect URI, where the option does not say it. */
#define SIGN_IN_REDIRECT "redirect_uri"

/* Send a person to the provider, and put the tokens.  MISSING gets the names of scopes that were
 * not granted.  Returns as fob_sign_in() and oauth_grant_exchange(). */
int sign_in_fetch(struct fob_handle *handle, struct fob_secret *missing);

#endif
