/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Dispatch: run the stack of one hook and give its verdict, as Linux-PAM does.
 */
#ifndef FOB_CORE_DISPATCH_H
#define FOB_CORE_DISPATCH_H

#include "core/handle.h"
#include "core/stack.h"

/* The verdict of a stack in which nothing succeeded. */
#define DISPATCH_MUST_FAIL FOB_PLUGIN

/*
 * The interpreter: walk COUNT controls, calling RUN for each entry reached, and return the verdict.
 *
 * Knows neither plugins nor keywords.  STEP, which may be NULL, is told of each entry run: its
 * code, the action taken, and whether it gave the verdict that now stands.
 */
struct dispatch_steps {
    int (*run)(size_t index, void *data);
    void (*step)(size_t index, int code, enum action action, bool decides, void *data);
    void *data;
};
int dispatch_interpret(const struct stack_entry *entries, size_t count,
                       const struct dispatch_steps *steps);

/*
 * Run HOOK's stack of the handle's provider.  The plugins are loaded and their options checked
 * before the first hook runs: a mistake in an option is FOB_CONFIG, and nothing is run.
 *
 * On failure the thread's error is that of the entry that decided.
 */
int dispatch(struct fob_handle *handle, enum hook hook);

/* Load the plugins of HOOK's stack and resolve their options, for fob_check() too.  An entry that
 * can not be loaded stays in the stack and must fail.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM.
 */
int dispatch_bind(struct fob_handle *handle, enum hook hook);

#endif
