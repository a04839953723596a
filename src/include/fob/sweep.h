/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Validating many accounts.  Part of <fob/fob.h>. */
#ifndef FOB_SWEEP_H
#define FOB_SWEEP_H

#include <fob/account.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_conversation;

/*
 * A sweep: validating many accounts concurrently (fob-validate(1)).
 */

/* The result for one account, borrowed during the call.  Since 0.2. */
struct fob_sweep_result {
    size_t size; /* sizeof this struct */
    const char *account;
    const char *provider; /* "" when the account could not be read */
    int code;             /* as fob_validate(); also FOB_EXPIRED for an account past its expiry */
    int was;              /* enum fob_status, before; -1 when the account could not be read */
    int status;           /* … and now */
    const char *reason;   /* without the account's name; "" on FOB_SUCCESS */
    const char *hint;     /* or "" */
};
typedef void fob_sweep_fn(const struct fob_sweep_result *result, void *data);

/* How far the sweep is.  Since 0.2. */
struct fob_sweep_state {
    size_t size; /* sizeof this struct */
    uint64_t done;
    uint64_t all;
    const char *waits_for; /* the title of the provider that all that is left waits for; NULL for
                              none … */
    int64_t wait;          /* … and for how many milliseconds yet */
    uint64_t unread;       /* accounts that were not looked at yet, whether they are meant or not */
};
/* False ends the sweep.  Since 0.1. */
typedef bool fob_sweep_tick_fn(const struct fob_sweep_state *state, void *data);

/* Since 0.2. */
struct fob_sweep {
    size_t size;                 /* sizeof this struct */
    const char *const *accounts; /* names, ends with NULL; NULL for all */
    fob_choose_fn *choose;       /* of these, which; NULL for each */
    fob_sweep_fn *tell;          /* called for each account, in the order in which they are done */
    fob_sweep_tick_fn *tick;     /* called some ten times a second; may be NULL */
    void *data;                  /* for all three, which are called by the calling thread */
    /* Called on the sweep's own threads, one at a time; may be NULL.  These threads also call the
     * context's log function. */
    const struct fob_conversation *conv;
    unsigned jobs;  /* how many calls at a time, each in a thread; 0 for as many as the providers'
                       budgets are for */
    unsigned flags; /* FOB_NOW */
};
/*
 * Ask about each account as fob_validate() does, and keep what was learnt; each is durable, as it
 * says, when TELL hears of it.
 *
 * A provider that is slow, or asks for a pause, does not delay the others.  The sweep gives up on a
 * provider that does not answer: its remaining accounts are reported as FOB_UNAVAILABLE or
 * FOB_RATE_LIMITED.  A sweep leaves a sixth of each provider's budget to others.  After TICK ends
 * the sweep, no call begins; the results so far are stored and reported.  A hook that does not end
 * within two and a half seconds is abandoned, and its account reported as FOB_PLUGIN.
 *
 * Returns FOB_SUCCESS when each account was reported, whatever its result; FOB_ABORT when TICK
 * ended it; FOB_NOT_FOUND (no store), FOB_INVALID (JOBS), FOB_LOCKED, FOB_CORRUPT, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_sweep(struct fob_context *context, const struct fob_sweep *plan);

#ifdef __cplusplus
}
#endif

#endif
