/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * libfob for applications: link accounts at providers, watch them, lend their credentials, take
 * them back.  The overview is fob(3), the rules for versions are in fob_abi(7); plugins use
 * fob/plugin.h instead.
 *
 * Rules that hold for every function here:
 * - A function that can fail returns a code of enum fob_code; results go to the last parameter,
 *   which is untouched on failure.  fob_error() then says what failed, on what, and why.
 * - Strings are UTF-8 and NUL-terminated; times are seconds since the Epoch, 0 meaning "never".
 * - "Borrowed" pointers belong to the object they came from and live as long as it does.
 * - A pointer must not be NULL unless its function says that it may, or it points to 0 bytes or
 *   items.  For NULL a function that returns a code returns FOB_INVALID, with the message
 *   "FUNCTION: ARGUMENT must not be NULL"; any other one does nothing, and returns NULL, 0, false
 *   or "".  Freeing NULL does nothing.
 * - A struct that the caller makes begins with its size, as sizeof gives it.  A library that is
 *   newer than the caller takes the members that are missing as 0; an older one returns FOB_INVALID
 *   unless the members that it does not know are 0.  So zero a struct before setting its members.
 * - FOB_INVALID is also returned for flags that a function does not take, for a number that is not
 *   in an enum, and for a handle that another function is at work with: in a hook or in the
 *   conversation the handle can be looked at, but not changed.
 * - A context may be used from any number of threads.  Any other object may be used by one thread
 *   at a time.
 * - In a child of fork() a context works, and unlocks the store for itself; a handle of the parent
 *   is FOB_INVALID, a secret of the parent is empty.  See "Threads and processes" in fob(3).
 */
#ifndef FOB_FOB_H
#define FOB_FOB_H

#include <fob/base.h>
#include <fob/error.h>
#include <fob/secret.h>
#include <fob/context.h>
#include <fob/conversation.h>
#include <fob/account.h>
#include <fob/store.h>
#include <fob/keys.h>
#include <fob/handle.h>
#include <fob/lend.h>
#include <fob/sweep.h>
#include <fob/provider.h>
#include <fob/action.h>
#include <fob/plugin_list.h>
#include <fob/check.h>
#include <fob/backup.h>
#include <fob/log.h>

#endif
