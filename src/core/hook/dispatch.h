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

/* The most handles of a batch. */
#define DISPATCH_BATCH FRAME_BATCH_MAX
/* Called with the verdict of handle number INDEX, and its error set.  It may end the handle. */
typedef void dispatch_told_fn(size_t index, int code, void *data);
/* Whether HANDLE, which is prepared, may be one of a batch: HOOK's stack is a single hook. */
bool dispatch_takes_batch(const struct fob_handle *handle, enum hook hook);
/*
 * The same as dispatch() for COUNT such handles of one provider, from 2 to DISPATCH_BATCH.  TOLD is
 * called for those before the first that does not succeed, and for that one; dispatch the others
 * one by one, also after the worker has died.
 */
void dispatch_batch(struct fob_handle *const *handles, size_t count, enum hook hook,
                    dispatch_told_fn *told, void *data);

/* Load the plugins of HOOK's stack and resolve their options, for fob_check() too.  An entry whose
 * plugin cannot be loaded stays in the stack and will fail.  Returns FOB_SUCCESS, FOB_CONFIG,
 * FOB_NOMEM. */
int dispatch_bind(struct fob_handle *handle, enum hook hook);
/* Whether the provider has no stack for HOOK: the file has none, and no plugin that would fill it
 * has such a hook. */
bool dispatch_is_empty(struct fob_handle *handle, enum hook hook);

/*
 * Bind all stacks, and check that each option that the provider's file sets for all its plugins is
 * known to at least one of them.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM.
 */
int dispatch_prepare(struct fob_handle *handle);

#endif
