/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Counts a call where all who share the store count theirs. */
#include "config.h"

#include "core/hook/budget.h"

#include "store/machines.h"
#include "util/error.h"

/* A call is begun at most this long after it was counted, or not at all. */
#define WITHIN_MS 2000

static int budget_take_shared(struct store *store, const struct budget_request *ask, int64_t *wait)
{
    const uint64_t per_minute = (uint64_t)ask->per_minute;
    const int64_t begun = budget_clock();
    const struct machines_calls calls = {
        .provider = ask->provider,
        .per_minute = per_minute,
        .most = 1,
        .leave = ask->planned > 0 ? per_minute / 6 : 0,
        .within_ms = WITHIN_MS,
    };
    uint64_t taken = 0;
    int code = machines_take_calls(store, &calls, &taken, wait);

    if (code == FOB_SUCCESS && taken > 0)
        *wait = 0;
    if (code == FOB_SUCCESS && taken > 0 && budget_clock() - begun >= WITHIN_MS)
        code = error_set(FOB_UNAVAILABLE, "provider %s: the store's server counted a call too late",
                         ask->provider);
    return code;
}

int budget_take(struct fob_context *context, const struct budget_request *ask, int64_t *wait)
{
    struct store *store;
    int code = context_store(context, &store);

    if (code != FOB_SUCCESS)
        return code;
    return machines_are_several(store) ? budget_take_shared(store, ask, wait)
                                       : budget_acquire(context->settings, ask, wait);
}
