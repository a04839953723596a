/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A sweep as a whole, and what its own thread does until everything is reported. */
#include "config.h"

#include "core/sweep/sweep.h"

#include "core/hook/budget.h"
#include "core/log/audit.h"
#include "store/validated.h"
#include "util/descriptors.h"
#include "util/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* When a sweep is ended early, calls in flight get this many milliseconds. */
#define GRACE_MS 1000
/* After that, hooks get this many milliseconds before they are abandoned. */
#define STUCK_MS 1500
/* A sweep over at most TIDY_FROM accounts tidies the validations only rarely. */
#define TIDY_FROM 4
/* The number of accounts that are listed between two flushes. */
#define FLUSH_EACH 256

static const char interrupted[] = "the sweep was interrupted";

/* Store and report all results.  Releases the lock meanwhile. */
static int sweep_keep_locked(struct sweep *sweep)
{
    struct sweep_queue *queue = &sweep->queue;
    struct sweep_result *results = queue->results;
    const size_t count = queue->result_count;
    int code;

    if (count == 0)
        return FOB_SUCCESS;
    queue->results = NULL;
    queue->last = &queue->results;
    queue->result_count = 0;
    if (count >= SWEEP_BACKLOG)
        pthread_cond_broadcast(&queue->work);
    sweep_queue_unlock(&sweep->queue);
    code = persist_results(sweep, results, count);
    sweep_queue_lock(&sweep->queue);
    sweep->done += count;
    return code;
}

/* Releases the lock meanwhile.  Returns false if the sweep must end. */
static bool sweep_tick_locked(struct sweep *sweep)
{
    struct fob_sweep_state state = {
        .size = sizeof state,
        .done = sweep->done,
        .all = sweep->queue.all,
        .unread = sweep->name_count - sweep->read,
    };
    struct sweep_provider *nearest;
    bool more;

    if (sweep->plan.tick == NULL)
        return true;
    if (sweep_queue_pick_locked(&sweep->queue, NULL, &nearest, &state.wait) == NULL &&
        nearest != NULL && sweep->queue.in_flight == 0)
        state.waits_for = nearest->model->provider->texts[FOB_PROVIDER_TITLE];
    sweep_queue_unlock(&sweep->queue);
    more = sweep->plan.tick(&state, sweep->plan.data);
    sweep_queue_lock(&sweep->queue);
    return more;
}

/* Whether there are enough results for a batch, or the last one was a while ago. */
static bool sweep_is_due_locked(struct sweep *sweep)
{
    const struct sweep_queue *queue = &sweep->queue;
    const int64_t now = budget_clock();

    if (queue->open > 0 && queue->failed == FOB_SUCCESS && queue->result_count < SWEEP_WRITE &&
        now - sweep->flushed < SWEEP_TICK_MS)
        return false;
    sweep->flushed = now;
    return true;
}

/* Releases the lock meanwhile. */
static int sweep_flush_locked(struct sweep *sweep)
{
    const struct sweep_queue *queue = &sweep->queue;
    int code = sweep_is_due_locked(sweep) ? sweep_keep_locked(sweep) : FOB_SUCCESS;

    if (code == FOB_SUCCESS && !queue->closed &&
        (queue->failed == FOB_ABORT || !sweep_tick_locked(sweep)))
        code = error_set(FOB_ABORT, interrupted);
    return code;
}

/* Unless CODE is FOB_SUCCESS, end the sweep early: no further attempt begins, and those in flight
 * end soon. */
static void sweep_note_end_locked(struct sweep *sweep, int code)
{
    if (code == FOB_SUCCESS)
        return;
    if (sweep->code == FOB_SUCCESS) {
        sweep->code = code;
        error_save(&sweep->error);
    }
    if (sweep->queue.closed)
        return;
    atomic_store(&sweep->end, budget_clock() + GRACE_MS);
    sweep_queue_close_locked(&sweep->queue);
}

static int sweep_flush(struct sweep *sweep)
{
    int code;

    sweep_queue_lock(&sweep->queue);
    code = sweep_flush_locked(sweep);
    sweep_queue_unlock(&sweep->queue);
    return code;
}

static void sweep_poll(void *data)
{
    struct sweep *sweep = data;
    const int64_t now = budget_clock();

    if (now - sweep->polled < SWEEP_TICK_MS)
        return;
    sweep->polled = now;
    sweep_queue_lock(&sweep->queue);
    if (!sweep->queue.closed && !sweep_tick_locked(sweep))
        sweep_note_end_locked(sweep, error_set(FOB_ABORT, interrupted));
    sweep_queue_unlock(&sweep->queue);
}

/* Wait for results, or make an attempt if the sweep has no threads. */
static void sweep_wait_locked(struct sweep *sweep)
{
    struct sweep_queue *queue = &sweep->queue;
    int64_t wait = SWEEP_TICK_MS;

    if (thread_stand_in_locked(sweep, &wait))
        return;
    if (queue->open > 0 && queue->result_count < SWEEP_WRITE)
        sweep_queue_wait_locked(queue, &queue->results_ready, wait);
}

/* Wait until everything is finished and reported. */
static int sweep_end(struct sweep *sweep, int code)
{
    struct sweep_queue *queue = &sweep->queue;

    sweep_queue_lock(&sweep->queue);
    queue->listing = false;
    pthread_cond_broadcast(&queue->work);
    sweep_note_end_locked(sweep, code);
    while (queue->open > 0 || queue->result_count > 0) {
        if (queue->closed && budget_clock() >= atomic_load(&sweep->end) + STUCK_MS)
            thread_abandon_locked(sweep);
        sweep_note_end_locked(sweep, sweep_flush_locked(sweep));
        sweep_wait_locked(sweep);
    }
    sweep_queue_unlock(&sweep->queue);
    thread_join(sweep);
    if (sweep->code != FOB_SUCCESS) {
        error_restore(&sweep->error, sweep->code);
        return sweep->code;
    }
    return queue->failed != FOB_SUCCESS ? error_nomem() : FOB_SUCCESS;
}

static int sweep_list(struct sweep *sweep)
{
    const char *const *names =
        sweep->names != NULL ? (const char *const *)sweep->names : sweep->plan.accounts;
    /* If the store stays locked, say so once, not for each account. */
    int code = store_unlock(sweep->store);

    if (code == FOB_SUCCESS)
        code = validated_open(sweep->store, &sweep->validated);
    while (sweep->read < sweep->name_count && code == FOB_SUCCESS) {
        code = list_add(sweep, names[sweep->read++]);
        if (code == FOB_SUCCESS && sweep->read % FLUSH_EACH == 0)
            code = sweep_flush(sweep);
    }
    return code;
}

static int sweep_run(struct sweep *sweep)
{
    const unsigned jobs = sweep->plan.jobs;
    int code;

    if (setjmp(sweep->queue.leave) != 0)
        return error_set(FOB_INVALID, "the sweep is the parent's: this is a child of fork()");
    code = list_names(sweep);
    if (code != FOB_SUCCESS)
        return code;
    sweep->ceiling = descriptors_allow(SWEEP_JOBS);
    sweep->queue.in_flight_max = jobs < sweep->ceiling ? jobs : sweep->ceiling;
    sweep->queue.listing = true;
    sweep->alone = sweep->plan.accounts != NULL && sweep->name_count == 1;
    return sweep_end(sweep, sweep_list(sweep));
}

/* Log the end of a sweep over all accounts, so that a missing sweep is noticed. */
static void sweep_log_end(const struct sweep *sweep, int code)
{
    const uint64_t all = sweep->queue.all + sweep->name_count - sweep->read;
    char detail[128];
    struct audit_event line = { .name = "sweep", .code = code, .detail = detail };

    if (sweep->plan.accounts != NULL)
        return;
    snprintf(detail, sizeof detail, "asked %" PRIu64 ", changed %" PRIu64 ", not asked %" PRIu64,
             sweep->asked, sweep->changed, all > sweep->asked ? all - sweep->asked : 0);
    audit_note_event(sweep->context, &line);
}

static int sweep_new(struct fob_context *context, const struct fob_sweep *plan,
                     const struct fob_conversation *conv, struct sweep **sweep)
{
    struct sweep *new = calloc(1, sizeof *new);

    if (new == NULL || sweep_queue_init(&new->queue) != FOB_SUCCESS) {
        free(new);
        return error_nomem();
    }
    new->context = context;
    new->plan = *plan;
    if (plan->conv != NULL) {
        new->conv = *conv;
        new->plan.conv = &new->conv;
    }
    new->poll = sweep_poll;
    new->change_ms = CHANGE_MS;
    pthread_mutex_init(&new->talking, NULL);
    *sweep = new;
    return FOB_SUCCESS;
}

int fob_sweep(struct fob_context *context, const struct fob_sweep *plan)
{
    struct fob_sweep own;
    struct fob_conversation conv;
    struct store *store = NULL;
    struct sweep *sweep = NULL;
    int code;

    NEED(context);
    NEED_SIZED(&own, plan);
    if (own.conv != NULL)
        NEED_SIZED(&conv, own.conv);
    code = error_flags(__func__, own.flags, FOB_NOW);
    if (code != FOB_SUCCESS)
        return code;
    if (own.jobs > SWEEP_JOBS)
        return error_set(FOB_INVALID, "a sweep makes at most %d calls at a time", SWEEP_JOBS);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = audit_ready(context);
    if (code == FOB_SUCCESS)
        code = sweep_new(context, &own, &conv, &sweep);
    if (code != FOB_SUCCESS)
        return code;
    sweep->store = store;
    code = sweep_run(sweep);
    if (sweep->queue.process != process_id())
        return code;
    if (code == FOB_SUCCESS)
        code = sweep->name_count > TIDY_FROM ? validated_tidy(store, sweep->name_count)
                                             : validated_tidy_rarely(store);
    sweep_log_end(sweep, code);
    thread_leave(sweep);
    return code;
}
