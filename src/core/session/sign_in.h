/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Sign-ins with a browser (RFC 6749, 4.1): the state, the code challenge (RFC 7636), and the
 * judgment of the answer (RFC 9207).  Nothing here calls anybody.
 *
 * A sign-in that waits for its answer is a text, PENDING, of words: the version, the provider, the
 * time when it ends, the state, the code verifier, the redirect URI.
 */
#ifndef FOB_CORE_SESSION_SIGN_IN_H
#define FOB_CORE_SESSION_SIGN_IN_H

#include <fob/plugin.h>

/* The longest parameter of an answer. */
#define SIGN_IN_VALUE_MAX 4096
/* How long an answer is accepted, in seconds. */
#define SIGN_IN_LASTS_S 600

/* Begin a sign-in at PROVIDER, at the time NOW.  The state begins with the ID of the INVITATION and
 * a dot, so that fob-hub finds it, unless that is "".  Returns FOB_SUCCESS, FOB_INVALID (such a
 * redirect URI), FOB_SYSTEM, FOB_NOMEM. */
int sign_in_begin(const char *provider, const char *invitation, const char *redirect_uri,
                  int64_t now, struct fob_secret **pending);
/* The same with a state and a verifier that are known, of a rehearsal. */
int sign_in_begin_rehearsed(const char *provider, const char *redirect_uri, int64_t now,
                            struct fob_secret **pending);
/* Whether TEXT can be PENDING of PROVIDER.  Returns FOB_SUCCESS, FOB_INVALID. */
int sign_in_check(const struct fob_secret *pending, const char *provider);
/* The redirect URI, borrowed. */
const char *sign_in_redirect_uri(const struct fob_secret *pending);
/* The address that the person is sent to.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int sign_in_address(const struct fob_secret *pending, const struct fob_sign_in_request *request,
                    struct fob_secret **address);
/*
 * Judge TEXT, the address that the browser came back to or its query, at the time NOW.  The caller
 * frees the members of ANSWER.  Returns as fob_sign_in().
 */
int sign_in_finish(const struct fob_secret *pending, const struct fob_sign_in_request *request,
                   const struct fob_secret *text, int64_t now, struct fob_sign_in_answer *answer);
/* The query "?state=STATE", without anything else.  Returns FOB_SUCCESS, FOB_NOMEM. */
int sign_in_state(const struct fob_secret *pending, struct fob_secret **query);

#endif
