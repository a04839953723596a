/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks the engine that the machines of a store share, and counts their calls there. */
#include "config.h"

#include "store/machines_impl.h"

#include "store/driver_names.h"
#include "store/store_impl.h"

bool machines_are_several(const struct store *store)
{
    return store->settings.remote != NULL;
}

const char *machines_own_name(const struct store *store)
{
    return machines_are_several(store) ? store->settings.remote->machine : "";
}

int machines_with_engine(struct store *store, driver_engine_fn *fn, void *data)
{
    return machines_are_several(store) ? store->class->with_engine(store->driver, fn, data)
                                       : FOB_NOT_FOUND;
}

struct machines_counting {
    struct engine_calls calls;
    uint64_t taken;
    int64_t wait;
};

static int machines_ask_calls(const struct engine_class *class, struct engine *engine, void *data)
{
    struct machines_counting *counting = data;

    return class->take_calls(engine, &counting->calls, &counting->taken, &counting->wait);
}

int machines_take_calls(struct store *store, const struct machines_calls *calls, uint64_t *taken,
                        int64_t *wait)
{
    struct machines_counting counting = { .calls = { .per_minute = calls->per_minute,
                                                     .most = calls->most,
                                                     .leave = calls->leave,
                                                     .within_ms = calls->within_ms } };
    int code = machines_are_several(store)
                   ? driver_names_id(store, "budget", calls->provider, counting.calls.id)
                   : FOB_NOT_FOUND;

    if (code == FOB_SUCCESS)
        code = machines_with_engine(store, machines_ask_calls, &counting);
    if (code == FOB_SUCCESS) {
        *taken = counting.taken;
        *wait = counting.wait;
    }
    return code;
}
