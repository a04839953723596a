/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Renewing tokens before hooks use them.  A renewal is made once, whatever the number of processes
 * and threads that want it.
 */
#ifndef FOB_CORE_HOOK_RENEW_H
#define FOB_CORE_HOOK_RENEW_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/* Whether a token of HANDLE's stored account has ended, or will soon.  Without ANY_STATUS, only if
 * the account is lent. */
bool renew_is_due(const struct fob_handle *handle, bool any_status);
/*
 * If so, renew the tokens in HANDLE's record and candidate.  A failure is only logged while the old
 * tokens are good.
 *
 * Returns FOB_SUCCESS, FOB_CHANGED (the account has other keys by now), the codes of the renew
 * stack, and as store_update().
 */
int renew_if_due(struct fob_handle *handle, bool any_status);

/*
 * As dispatch(), for authorize, validate and revoke: first renew the tokens if that is due; if the
 * hook then rejects the credential with tokens that were not fetched just now, renew them, and run
 * the hook once more.  The handle has a candidate.
 */
int renew_and_dispatch(struct fob_handle *handle, enum hook hook, bool any_status);
/* The provider has accepted the tokens: forget those that they replaced. */
void renew_note_use(struct fob_handle *handle);
/* The second part of that, after HOOK's verdict CODE, with its error set. */
int renew_after(struct fob_handle *handle, enum hook hook, bool any_status, int code);

#endif
