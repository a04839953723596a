/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * One renewal, by the process that has the account's lock: asks the provider, and stores the tokens
 * before they are used.
 */
#ifndef FOB_CORE_HOOK_RENEW_ASK_H
#define FOB_CORE_HOOK_RENEW_ASK_H

#include "core/session/handle.h"
#include "store/renewal.h"

/* Load the plugins.  Returns FOB_SUCCESS, FOB_IGNORE (none of them renews tokens), and as
 * handle_provider() and dispatch_prepare(). */
int renew_ask_prepare(struct fob_handle *handle);
/* Whether a renewal consumes a token, such as a refresh token, which is stored beside the renewed
 * one. */
bool renew_ask_consumes(const struct fob_handle *handle);
/* Whether the provider may be asked, after what the last renewal noted.  Returns FOB_SUCCESS, or
 * the code of that renewal. */
int renew_ask_pause(const struct fob_handle *handle, const struct renewal *lock);
/*
 * Reserve room on the disk, run the renew stack, and store the tokens that it put, in HANDLE's
 * record and candidate, too.  LOCK is NULL for a rehearsal, whose account is only in memory.
 *
 * Returns FOB_SUCCESS, FOB_CHANGED (the account has other keys by now), the codes of the renew
 * stack and of renew_ask_prepare(), and as store_update().
 */
int renew_ask(struct fob_handle *handle, struct renewal *lock);

/* Give RECORD the candidate's tokens; DATA is the handle.  Returns FOB_SUCCESS, FOB_CHANGED. */
int renew_ask_change(struct record *record, void *data);
/* Give the handle's records the tokens of RECORD. */
int renew_ask_adopt(struct fob_handle *handle, const struct record *record);
int renew_ask_fail_changed(const struct fob_handle *handle);

#endif
