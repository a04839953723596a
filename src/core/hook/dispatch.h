/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Dispatch: run the stack of one hook and give its verdict, as Linux-PAM does.
 */
#ifndef FOB_CORE_HOOK_DISPATCH_H
#define FOB_CORE_HOOK_DISPATCH_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/*
 * Run HOOK's stack of the handle's provider.  The plugins of all its stacks are loaded and their
 * options checked before the first hook runs: a mistake in one is FOB_CONFIG, and nothing is run.
 * A plugin of HOOK's stack that is there but must not be loaded is FOB_CONFIG in the same way.
 *
 * On failure the thread's error is that of the entry that decided.
 */
int dispatch(struct fob_handle *handle, enum hook hook);

/* Load the plugins of HOOK's stack and resolve their options, for fob_check() too.  An entry that
 * cannot be loaded stays in the stack and must fail.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM.
 */
int dispatch_bind(struct fob_handle *handle, enum hook hook);

/*
 * Bind all stacks, and check that what the provider's file sets for all its plugins is an option of
 * one of them at least.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM.
 */
int dispatch_prepare(struct fob_handle *handle);

#endif
