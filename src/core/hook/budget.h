/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Budgets: the limit on calls to a provider in a minute that fob makes by itself (fob-provider(5)),
 * over all threads, processes and machines that use the store.  A file there has the times of the
 * last calls (fob-store(5)), or the server of several machines counts them.
 */
#ifndef FOB_CORE_HOOK_BUDGET_H
#define FOB_CORE_HOOK_BUDGET_H

#include <fob/fob.h>

#include "core/session/context.h"

/* The minute of a budget. */
#define BUDGET_MINUTE_MS 60000

/* Milliseconds since the machine started, which no process can set. */
int64_t budget_clock(void);

struct budget_request {
    const char *provider;
    int64_t per_minute;
    /* 0 for an interactive call.  For a sweep, the number of calls still to make: a sweep leaves a
     * sixth of the budget to others, and spaces its calls evenly if they exceed the budget. */
    uint64_t planned;
};

/*
 * Count one call if it may be made now, and set WAIT to 0.  Otherwise nothing is counted, and WAIT
 * is the number of milliseconds after which to try again.  No lock is held on return.
 *
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
int budget_acquire(const struct settings *settings, const struct budget_request *ask,
                   int64_t *wait);
/* The same for a store that several machines may share; then it returns also as
 * machines_take_calls(), and FOB_UNAVAILABLE when the server's answer came too late for the call.
 */
int budget_take(struct fob_context *context, const struct budget_request *ask, int64_t *wait);

#endif
