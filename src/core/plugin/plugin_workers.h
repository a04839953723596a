/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The workers of a handle, or of all handles of one provider in a sweep: one for each plugin, and
 * another one after it has died.
 */
#ifndef FOB_CORE_PLUGIN_PLUGIN_WORKERS_H
#define FOB_CORE_PLUGIN_PLUGIN_WORKERS_H

#include "core/plugin/plugin_worker.h"

struct plugin_workers;

/* A worker's socket while a call is made through it. */
struct worker_call {
    struct plugin_worker *worker;
    struct frame_socket *socket;
    struct worker_member *member;
};

int plugin_workers_new(struct plugin_workers **workers);
/* End all.  In a child of fork(), the parent's go on. */
void plugin_workers_free(struct plugin_workers *workers);
/* Put WORKER, which was started as PLAN says, among them; it is taken over in each case.  Returns
 * FOB_SUCCESS, FOB_NOMEM. */
int plugin_workers_adopt(struct plugin_workers *workers, const struct worker_plan *plan,
                         struct plugin_worker *worker);

/* End those that no call is under way in, until they are needed again.  Thread-safe. */
void plugin_workers_rest(struct plugin_workers *workers);

/*
 * Take a socket of the worker that PLAN says, which is started when there is none; with ALONE, of
 * one that nobody else uses.  Thread-safe, as the next.  Returns as plugin_worker_start().
 */
int plugin_workers_take(struct plugin_workers *workers, const struct worker_plan *plan, bool alone,
                        struct worker_call *call);
/* Give it back, with DEAD when it is of no use any more: the worker is ended, then.  Returns
 * whether other calls were under way in it when it died. */
bool plugin_workers_give(struct plugin_workers *workers, struct worker_call *call, bool dead);

#endif
