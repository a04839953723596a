/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the machines that share a store do together: claims, counted calls, and the list of them.
 *
 * A store of files has one machine, and no claims: there the functions return FOB_NOT_FOUND without
 * a message.  The server's clock counts.  Beside those that are named, the functions return the
 * codes of engine.h, and as store_unlock().
 */
#ifndef FOB_STORE_MACHINES_H
#define FOB_STORE_MACHINES_H

#include "store/engine.h"
#include "store/store.h"

/* Whether several machines may use the store. */
bool machines_are_several(const struct store *store);

/* A wish to make calls to a provider. */
struct machines_calls {
    const char *provider;
    uint64_t per_minute;
    uint64_t most;
    uint64_t leave;     /* this many of the minute's calls are left for others */
    unsigned within_ms; /* each call is made within this time, or not at all */
};
/* Count up to CALLS->most calls; see engine.h. */
int machines_take_calls(struct store *store, const struct machines_calls *calls, uint64_t *taken,
                        int64_t *wait);

#endif
