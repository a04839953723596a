/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The threads of a sweep: each takes the next account whose turn it is, and waits for the answer.
 * All is done with the lock held, but for the asking itself.
 */
#include "config.h"

#include "core/sweep.h"

#include "core/budget.h"
#include "util/error.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * The stack of a thread, in which hooks run.  A TLS handshake and a parser of JSON need some 30 KiB.
 * Below 2 MiB no huge page fits in, which would be in memory as a whole once it is touched.
 */
#define STACK (1024 * (size_t)1024)

void sweep_wait(struct sweep *sweep, pthread_cond_t *cond, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(cond, &sweep->lock.mutex, &until);
}

/* The next part with a lane that is ready: the one with the fewest calls under way, so that a slow
 * provider does not get hold of all threads; of several, each in turn.  NULL for none yet: NEAREST
 * is then the one that will be first, and WAIT how soon; or NULL. */
static struct part *pick(const struct sweep *sweep, struct part **nearest, int64_t *wait)
{
    const int64_t now = budget_clock();
    struct part *best = NULL;

    *nearest = NULL;
    *wait = 0;
    for (size_t i = 0; i < sweep->part_count; i++) {
        struct part *part = sweep->parts[(sweep->turn + i) % sweep->part_count];
        int64_t left;

        if (!lane_ready(&part->lane, now, &left))
            continue;
        if (left == 0 && (best == NULL || part->lane.running < best->lane.running))
            best = part;
        if (left > 0 && (*nearest == NULL || left < *wait)) {
            *nearest = part;
            *wait = left;
        }
    }
    return best;
}

const struct part *sweep_nearest(const struct sweep *sweep, int64_t *wait)
{
    struct part *nearest;
    const struct part *ready = pick(sweep, &nearest, wait);

    return ready != NULL ? NULL : nearest;
}

/* JOB's record, if there is one, is not kept with the job any more. */
static void let_go(struct sweep *sweep, const struct lane_job *job)
{
    if (job->record != NULL && --sweep->records == SWEEP_RECORDS / 2)
        pthread_cond_signal(&sweep->room);
}

static void free_job(struct sweep *sweep, struct lane_job *job)
{
    let_go(sweep, job);
    record_free(job->record);
    free(job);
}

static void *work(void *data);

/* A new thread, if there may be another; it looks for its work itself. */
static void spawn(struct sweep *sweep)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;

    if (sweep->thread_count >= sweep->most || pthread_attr_init(&attributes) != 0)
        return;
    (void)pthread_attr_setstacksize(&attributes, STACK);
    /* Signals are for the application's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&sweep->threads[sweep->thread_count], &attributes, work, sweep) == 0)
        sweep->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

void sweep_call_help(struct sweep *sweep)
{
    struct part *nearest;
    int64_t wait;
    bool ready;

    if (sweep->closing || sweep->alone || sweep->running >= sweep->most)
        return;
    ready = pick(sweep, &nearest, &wait) != NULL;
    /* One of those that rest looks at the time. */
    if (sweep->idle > 0 && (ready || (nearest != NULL && sweep->rest_until == 0)))
        pthread_cond_signal(&sweep->work);
    else if (ready)
        spawn(sweep);
}

void sweep_wake_all(struct sweep *sweep)
{
    pthread_cond_broadcast(&sweep->work);
}

void sweep_settle(struct sweep *sweep, struct part *part)
{
    while (part->lane.first != NULL && (sweep->closing || part->code != FOB_SUCCESS)) {
        struct lane_job *job = lane_begin(&part->lane);

        part->lane.running--;
        sweep->open--;
        if (!sweep->closing && sweep_fail(sweep, part, job->account, (int)job->was) != FOB_SUCCESS)
            sweep->failed = FOB_NOMEM;
        free_job(sweep, job);
    }
}

/* Count the call, without the lock.  False when it must wait, or is not to be made any more; CODE
 * tells when it can not be counted. */
static bool take_from_budget(struct sweep *sweep, const struct task *task, int *code)
{
    struct lane *lane = &task->part->lane;
    const struct budget_ask ask = {
        .provider = task->part->provider,
        .per_minute = task->part->per_minute,
        .planned = lane->waiting + lane->running,
    };
    int64_t wait = 0;

    *code = FOB_SUCCESS;
    if (ask.per_minute == 0)
        return true;
    process_unlock(&sweep->lock);
    *code = budget_take(sweep->context->settings, &ask, &wait);
    sweep_lock(sweep);
    if (wait == 0 && !sweep->closing && task->part->code == FOB_SUCCESS)
        return true;
    lane_put_back(lane, task->job, budget_clock(), wait);
    sweep->running--;
    sweep_settle(sweep, task->part);
    return false;
}

/* Begin the next one.  False when there is none now, and WAIT says for how long. */
static bool begin(struct sweep *sweep, struct task *task, int *code, int64_t *wait)
{
    struct part *nearest;

    while (!sweep->closing && sweep->finished_count < SWEEP_BACKLOG &&
           sweep->running < sweep->most) {
        task->part = pick(sweep, &nearest, wait);
        if (task->part == NULL) {
            if (nearest == NULL || *wait > SWEEP_TICK)
                *wait = SWEEP_TICK;
            return false;
        }
        sweep->turn++;
        sweep->running++;
        task->job = lane_begin(&task->part->lane);
        if (take_from_budget(sweep, task, code))
            return true;
    }
    *wait = SWEEP_TICK;
    return false;
}

/* The provider is given up, for what FINDING tells. */
static void give_up(struct part *part, const struct finding *finding)
{
    char why[2048];

    snprintf(why, sizeof why, "not asked, since of %s: %s", finding->account,
             finding->reason != NULL ? finding->reason : "");
    part->reason = strdup(why);
    part->hint = strdup(finding->hint != NULL ? finding->hint : "");
    part->code = part->lane.given_up;
}

/* What came of it. */
static void end(struct sweep *sweep, const struct asking *asking)
{
    const struct task *task = &asking->task;
    struct finding *finding = asking->finding;
    struct lane *lane = &task->part->lane;
    bool again = lane_end(lane, task->job, &asking->outcome, budget_clock());

    sweep->running--;
    if (finding == NULL)
        sweep->failed = FOB_NOMEM;
    else if (finding->code == FOB_ABORT && !sweep->closing)
        sweep->failed = FOB_ABORT;
    if (!again) {
        free_job(sweep, task->job);
        sweep->open--;
    }
    if (finding != NULL && lane->given_up != FOB_SUCCESS && task->part->code == FOB_SUCCESS)
        give_up(task->part, finding);
    if (again || finding == NULL || finding->code == FOB_ABORT)
        finding_free(finding);
    else
        sweep_finish(sweep, finding);
    sweep_settle(sweep, task->part);
    if (sweep->open == 0 || sweep->finished_count >= SWEEP_BATCH)
        pthread_cond_signal(&sweep->news);
    if (sweep->open == 0)
        sweep_wake_all(sweep);
}

/* Do what begin() began; CODE is the budget's. */
static void ask(struct sweep *sweep, struct asking *asking, int code)
{
    sweep_call_help(sweep);
    let_go(sweep, asking->task.job);
    process_unlock(&sweep->lock);
    if (code == FOB_SUCCESS)
        sweep_ask(sweep, asking);
    else
        sweep_do_not_ask(asking, code);
    sweep_lock(sweep);
    end(sweep, asking);
}

bool sweep_help(struct sweep *sweep, int64_t *wait)
{
    struct asking asking = { .task = { .look = true } };
    int code;

    sweep_call_help(sweep);
    if (sweep->thread_count > 0 || !begin(sweep, &asking.task, &code, wait))
        return false;
    ask(sweep, &asking, code);
    return true;
}

static bool goes_on(const struct sweep *sweep)
{
    return !sweep->closing && (sweep->open > 0 || sweep->listing);
}

/* There is nothing to begin for WAIT milliseconds: one thread looks again then, the others rest
 * until they are called. */
static void rest(struct sweep *sweep, int64_t wait)
{
    const int64_t until = budget_clock() + wait;

    if (!goes_on(sweep))
        return;
    sweep->idle++;
    if (sweep->rest_until == 0 || until < sweep->rest_until) {
        sweep->rest_until = until;
        sweep_wait(sweep, &sweep->work, wait);
        if (sweep->rest_until == until)
            sweep->rest_until = 0;
    } else {
        pthread_cond_wait(&sweep->work, &sweep->lock.mutex);
    }
    sweep->idle--;
}

static void *work(void *data)
{
    struct sweep *sweep = data;

    sweep_lock(sweep);
    while (goes_on(sweep)) {
        struct asking asking = { .handle = NULL };
        int64_t wait = 0;
        int code;

        if (begin(sweep, &asking.task, &code, &wait))
            ask(sweep, &asking, code);
        else
            rest(sweep, wait);
    }
    process_unlock(&sweep->lock);
    return NULL;
}
