/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Hooks that wait without a thread of their own (fob_defer()): the loop of a thread that runs
 * many.
 */
#ifndef FOB_CORE_DEFER_H
#define FOB_CORE_DEFER_H

#include "core/handle.h"

struct loop {
    struct fob_driver *driver; /* NULL until a hook has needed it */
    struct fob_handle *woken;  /* whose hooks can go on */
};

/* Let the hooks that HANDLE runs be deferred, in LOOP; OWNER is for who runs it. */
void defer_allow(struct fob_handle *handle, struct loop *loop, void *owner);
/* Not any more; a hook that is deferred goes on in any thread. */
void defer_forbid(struct fob_handle *handle);
/* Whether HANDLE's hook is to go on later. */
bool defer_is_deferred(const struct fob_handle *handle);
/* Let it go on, or call HOOK when it is not deferred. */
int defer_call(struct fob_handle *handle, fob_hook_fn *hook);

/* Wait, at most MS milliseconds, while a hook is deferred. */
void loop_wait(const struct loop *loop, int64_t ms);
/* A handle whose hook can go on, or NULL. */
struct fob_handle *loop_next(struct loop *loop);
void loop_clear(struct loop *loop);

#endif
