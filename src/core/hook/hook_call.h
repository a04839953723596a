/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Hooks: calling one in a worker, and serving it until it is done.
 */
#ifndef FOB_CORE_HOOK_HOOK_CALL_H
#define FOB_CORE_HOOK_HOOK_CALL_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/* The worker that ENTRY's hooks run in. */
struct worker_plan hook_plan(const struct fob_handle *handle, const struct bound_entry *entry);

/*
 * Run HOOK of ENTRY's plugin.  Returns what it returned, with its words as the error;
 * FOB_CODE_COUNT for what is no code; FOB_PLUGIN when its worker died, did what it must not, or was
 * ended because it took too long.
 */
int hook_run(struct fob_handle *handle, const struct bound_entry *entry, enum hook hook);

/* Who hears of mistakes; OPTION is NULL for the entry as a whole. */
struct hook_judge {
    void (*note)(const char *option, const char *text, void *data);
    void *data;
};
/* Have ENTRY's plugin judge its options.  Returns as hook_run(), FOB_SUCCESS as a rule. */
int hook_check(struct fob_handle *handle, const struct bound_entry *entry,
               const struct hook_judge *judge);

#endif
