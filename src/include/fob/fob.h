/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * libfob for applications: link accounts at providers, watch them, lend their credentials, take
 * them back.  The overview is fob(3), the rules for versions are in fob_abi(7); plugins use
 * fob/plugin.h instead.
 *
 * Rules that hold for every function here:
 * - A function that can fail returns a code of enum fob_code.  Its result goes to the last
 *   parameter, which a failure leaves untouched; fob_error() then says what failed and why.
 * - Strings are UTF-8 and NUL-terminated; times are seconds since the Epoch, 0 meaning "never".
 * - A "borrowed" pointer belongs to the object that it came from, and is valid as long as that
 *   object.
 * - No pointer may be NULL, except where its function says so, or for 0 bytes or items.  Given
 *   NULL, a function that returns a code returns FOB_INVALID, with the message "FUNCTION: ARGUMENT
 *   must not be NULL"; any other function does nothing, and returns NULL, 0, false or "".  Freeing
 *   NULL does nothing.
 * - A struct that the caller makes begins with its size, as sizeof gives it.  A library that is
 *   newer than the caller takes the members that are missing as 0; an older one returns FOB_INVALID
 *   unless the members that it does not know are 0.  So zero a struct before setting its members.
 * - A function also returns FOB_INVALID for flags that it does not take, for a number outside an
 *   enum, and for a handle that another function is using: a hook or a conversation can read the
 *   handle, but not change it.
 * - A context may be used from any number of threads.  Any other object may be used by one thread
 *   at a time.
 * - In a child of fork() a context unlocks the store again; the handles of the parent are refused
 *   with FOB_INVALID, and its secrets are empty.  See "Threads and processes" in fob(3).
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
#include <fob/machines.h>
#include <fob/keys.h>
#include <fob/handle.h>
#include <fob/lend.h>
#include <fob/send.h>
#include <fob/sweep.h>
#include <fob/invitation.h>
#include <fob/inbox.h>
#include <fob/provider.h>
#include <fob/action.h>
#include <fob/app.h>
#include <fob/plugin_list.h>
#include <fob/check.h>
#include <fob/backup.h>
#include <fob/log.h>

#endif
