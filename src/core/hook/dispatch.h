/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Dispatch: running the stack of a hook and returning its verdict, as Linux-PAM does.
 */
#ifndef FOB_CORE_HOOK_DISPATCH_H
#define FOB_CORE_HOOK_DISPATCH_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/*
 * Run HOOK's stack of the handle's provider.  Before the first hook runs, the plugins of all its
 * stacks are loaded and their options checked.  For a mistake, or a plugin of HOOK's stack that
 * exists but must not be loaded, nothing runs and FOB_CONFIG is returned.
 *
 * On failure the thread's error comes from the entry that decided.
 */
int dispatch(struct fob_handle *handle, enum hook hook);

/* Load the plugins of HOOK's stack and resolve their options, for fob_check() too.  An entry whose
 * plugin cannot be loaded stays in the stack and will fail.  Returns FOB_SUCCESS, FOB_CONFIG,
 * FOB_NOMEM. */
int dispatch_bind(struct fob_handle *handle, enum hook hook);
/* Whether the provider has no stack for HOOK: the file has none, and the file's plugin, which would
 * fill it, has no such hook. */
bool dispatch_is_empty(struct fob_handle *handle, enum hook hook);

/*
 * Bind all stacks, and check that each option that the provider's file sets for all its plugins is
 * known to at least one of them.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM.
 */
int dispatch_prepare(struct fob_handle *handle);

#endif
