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

/* This machine's name; "" in a store of files. */
const char *machines_own_name(const struct store *store);

/* Who has a claim: something that one machine at a time does. */
struct machines_holder {
    char machine[FOB_NAME_MAX + 1]; /* or "" */
    int64_t age_ms;
    int64_t left_ms; /* 0 or less when it has ended by itself */
};
/* What is claimed: NAME of the kind WHAT, such as the renewal of an account. */
struct machines_claim {
    const char *what;
    const char *name;
    /* This process has the claim, not the machine: then no lock of the machine is needed, but who
     * comes after a process that was killed has to wait, too. */
    bool alone;
};
/* Claim for SECONDS, or hold the claim for SECONDS from now.  Returns FOB_SUCCESS; FOB_IGNORE
 * without a message when another has it, as HOLDER says. */
int machines_claim(struct store *store, const struct machines_claim *claim, unsigned seconds,
                   struct machines_holder *holder);
int machines_end_claim(struct store *store, const struct machines_claim *claim);
/* Who has a claim, or had one that ended by itself.  FOB_NOT_FOUND without a message for nobody. */
int machines_look(struct store *store, const struct machines_claim *claim,
                  struct machines_holder *holder);

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

/* A machine that was seen. */
struct machines_entry {
    char name[FOB_NAME_MAX + 1];
    int64_t age_ms;
    uint64_t behind; /* how many transactions of those that are here its mirror lacks */
};
/* ENTRIES receives the COUNT machines that the server knows; the caller frees the array. */
int machines_list(struct store *store, struct machines_entry **entries, size_t *count);
/* Ask the server what is new, for what must not be done with what this machine has: a change at the
 * provider.  FOB_SUCCESS at once in a store of files. */
int machines_catch_up(struct store *store);
/* How old in ms this machine's mirror is; INT64_MAX when that is not known; 0 in a store of files.
 */
int64_t machines_mirror_age(struct store *store);
/* Whether it cannot be known if the last write was made, since its answer was lost. */
bool machines_have_unknown_write(const struct store *store);
/* Whether the server knows another machine of this one's name.  It is not asked. */
bool machines_have_namesake(struct store *store);
/* Wait until something may have changed, at most TIMEOUT_MS, and fetch it. */
int machines_follow(struct store *store, int timeout_ms);
/* A text about the server for people; the caller frees it. */
int machines_describe_server(struct store *store, char **text);

#endif
