/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Renewals in fob-renew, a program in a session of its own: the end of this process loses nothing.
 */
#ifndef FOB_CORE_HOOK_RENEW_APART_H
#define FOB_CORE_HOOK_RENEW_APART_H

#include "core/session/handle.h"
#include "store/renewal.h"

/*
 * Let fob-renew renew the tokens of HANDLE's account, which it stores, and wait for that until the
 * time UNTIL of clock_ms().  Owns LOCK.  After FOB_SYSTEM, FOB_CONFIG and FOB_NOMEM for a program
 * that could not be started, nobody was asked.
 *
 * Returns the codes of renew_ask(), FOB_UNAVAILABLE (it is not done yet), FOB_ABORT.
 */
int renew_apart(struct fob_handle *handle, struct renewal *lock, int64_t until);

#endif
