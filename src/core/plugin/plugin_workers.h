/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The workers of a handle, or of all handles of one provider in a sweep: one for each plugin.  A
 * worker that died is replaced at the next call.
 */
#ifndef FOB_CORE_PLUGIN_PLUGIN_WORKERS_H
#define FOB_CORE_PLUGIN_PLUGIN_WORKERS_H

#include "core/plugin/plugin_worker.h"

struct plugin_workers;

/* A call's worker and socket. */
struct worker_call {
    struct plugin_worker *worker;
    struct frame_socket *socket;
    struct worker_member *member;
};

int plugin_workers_new(struct plugin_workers **workers);
/* End all workers.  In a child of fork(), the parent's workers continue. */
void plugin_workers_free(struct plugin_workers *workers);
/* Add WORKER, which was started with PLAN.  Owns WORKER, even on failure.  Returns FOB_SUCCESS,
 * FOB_NOMEM. */
int plugin_workers_adopt(struct plugin_workers *workers, const struct worker_plan *plan,
                         struct plugin_worker *worker);

/* End the workers without a call; they are started again when needed.  Thread-safe. */
void plugin_workers_rest(struct plugin_workers *workers);

/*
 * Take a socket of PLAN's worker, which is started if necessary; with ALONE, of a new worker for
 * this call only.  Thread-safe, as the next.  Returns as plugin_worker_start().
 */
int plugin_workers_take(struct plugin_workers *workers, const struct worker_plan *plan, bool alone,
                        struct worker_call *call);
/* Return the socket.  DEAD: the worker is unusable, and its last call ends it.  Returns whether the
 * worker had other calls when it died. */
bool plugin_workers_give(struct plugin_workers *workers, struct worker_call *call, bool dead);

#endif
