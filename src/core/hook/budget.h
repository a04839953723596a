/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Budgets: how many calls fob makes at a provider in a minute on its own account (fob-provider(5)),
 * over all threads and processes that use the store: a file there keeps when the last ones were
 * (fob-store(5)).
 */
#ifndef FOB_CORE_HOOK_BUDGET_H
#define FOB_CORE_HOOK_BUDGET_H

#include <fob/fob.h>

#include "core/config/settings.h"

/* The minute that a budget is for, in milliseconds. */
#define BUDGET_MINUTE_MS 60000

/* Milliseconds since the machine started: a clock that nobody sets. */
int64_t budget_clock(void);

struct budget_request {
    const char *provider;
    int64_t per_minute;
    /* 0 for one call that somebody waits for; of a sweep, how many calls it has still to make: it
     * leaves a sixth of the budget to others, and goes evenly when its calls are more than there is
     * room for. */
    uint64_t planned;
};

/*
 * Count one call, if it may be made now.  WAIT is 0 then; else nothing was counted, and WAIT is the
 * milliseconds after which to ask again.  No lock is held on return.
 *
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
int budget_acquire(const struct settings *settings, const struct budget_request *ask,
                   int64_t *wait);

#endif
