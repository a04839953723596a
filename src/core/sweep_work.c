/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The threads of a sweep, which take the next account whose turn it is.
 *
 * Where a provider's plugins defer, a few threads, the sharers, ask about many accounts each.
 * Other plugins keep a thread waiting: each of their calls has an owner, as has a call of a sharer
 * that needs a pause.  All is done with the lock held, but for the asking itself.
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

/* So many more calls than its share a sharer may have. */
#define SLACK 4
/* Milliseconds after which a sharer that waits for answers looks whether there is something new. */
#define LOOK 20

/* Which parts a thread cares for: a crew's, or all. */
#define ANY CREW_COUNT

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

static bool is_for(const struct part *part, unsigned kind)
{
    return kind == ANY || part->defers == (kind == CREW_SHARERS);
}

/* The next part for KIND with a lane that is ready, each in turn; NULL for none yet: NEAREST is
 * then the one that will be first, and WAIT how soon; or NULL. */
static struct part *pick(const struct sweep *sweep, unsigned kind, struct part **nearest,
                         int64_t *wait)
{
    const int64_t now = budget_clock();

    *nearest = NULL;
    *wait = 0;
    for (size_t i = 0; i < sweep->part_count; i++) {
        struct part *part = sweep->parts[(sweep->turn + i) % sweep->part_count];
        int64_t left;

        if (!is_for(part, kind) || !lane_ready(&part->lane, now, &left))
            continue;
        if (left == 0)
            return part;
        if (*nearest == NULL || left < *wait) {
            *nearest = part;
            *wait = left;
        }
    }
    return NULL;
}

const struct part *sweep_nearest(const struct sweep *sweep, int64_t *wait)
{
    struct part *nearest;
    const struct part *ready = pick(sweep, ANY, &nearest, wait);

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

static void *share(void *data);
static void *own(void *data);

/* A new thread, if there may be another; it looks for its work itself. */
static void hire(struct sweep *sweep, enum crew_kind kind)
{
    struct crew *crew = &sweep->crews[kind];
    struct sharer *sharer = &sweep->sharers[crew->count % MOST_SHARERS];
    pthread_t *thread = &sweep->threads[sweep->thread_count];
    sigset_t all;
    sigset_t before;
    int failed;

    if (crew->count >= crew->most)
        return;
    /* Signals are for the application's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (kind == CREW_SHARERS)
        failed = pthread_create(thread, NULL, share, sharer);
    else
        failed = pthread_create(thread, NULL, own, sweep);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        return;
    sweep->thread_count++;
    crew->count++;
}

/* There is work for a thread of KIND. */
static void call_crew(struct sweep *sweep, enum crew_kind kind)
{
    struct crew *crew = &sweep->crews[kind];

    if (crew->idle > 0)
        pthread_cond_signal(&crew->work);
    else
        hire(sweep, kind);
}

void sweep_call_help(struct sweep *sweep)
{
    struct part *nearest;
    int64_t wait;

    if (sweep->closing || sweep->threads == NULL || sweep->running >= sweep->most)
        return;
    for (unsigned kind = 0; kind < CREW_COUNT; kind++) {
        if (pick(sweep, kind, &nearest, &wait) != NULL)
            call_crew(sweep, (enum crew_kind)kind);
    }
}

void sweep_wake_all(struct sweep *sweep)
{
    for (size_t i = 0; i < CREW_COUNT; i++)
        pthread_cond_broadcast(&sweep->crews[i].work);
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

/* Begin the next one for a thread of KIND.  False when there is none now, and WAIT says for how
 * long. */
static bool begin(struct sweep *sweep, unsigned kind, struct task *task, int *code, int64_t *wait)
{
    struct part *nearest;

    while (!sweep->closing && sweep->finished_count < SWEEP_BACKLOG &&
           sweep->running < sweep->most) {
        task->part = pick(sweep, kind, &nearest, wait);
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
    /* The other kind of thread may have waited for this. */
    if (sweep->running + 1 == sweep->most)
        sweep_call_help(sweep);
}

/* Do what begin() began; CODE is the budget's.  False when the hook was deferred in LOOP. */
static bool ask(struct sweep *sweep, struct asking *asking, int code, struct loop *loop)
{
    bool over = true;

    sweep_call_help(sweep);
    let_go(sweep, asking->task.job);
    process_unlock(&sweep->lock);
    if (code == FOB_SUCCESS)
        over = sweep_ask(sweep, asking, loop);
    else
        sweep_do_not_ask(asking, code);
    sweep_lock(sweep);
    if (over)
        end(sweep, asking);
    return over;
}

static bool go_on(struct sweep *sweep, struct asking *asking)
{
    bool over;

    process_unlock(&sweep->lock);
    over = sweep_go_on(asking);
    sweep_lock(sweep);
    if (over) {
        end(sweep, asking);
        free(asking);
    }
    return over;
}

bool sweep_help(struct sweep *sweep, int64_t *wait)
{
    struct asking asking = { .task = { .look = true } };
    bool shared;
    bool owned;
    int code;

    sweep_call_help(sweep);
    shared = sweep->crews[CREW_SHARERS].count > 0;
    owned = sweep->crews[CREW_OWNERS].count > 0;
    if ((shared && owned) || !begin(sweep,
                                    owned    ? CREW_SHARERS
                                    : shared ? CREW_OWNERS
                                             : ANY,
                                    &asking.task, &code, wait))
        return false;
    return ask(sweep, &asking, code, NULL);
}

static bool goes_on(const struct sweep *sweep)
{
    return !sweep->closing && (sweep->open > 0 || sweep->listing);
}

static void rest(struct sweep *sweep, enum crew_kind kind, int64_t wait)
{
    struct crew *crew = &sweep->crews[kind];

    if (!goes_on(sweep))
        return;
    crew->idle++;
    sweep_wait(sweep, &crew->work, wait);
    crew->idle--;
}

static void *own(void *data)
{
    struct sweep *sweep = data;

    sweep_lock(sweep);
    while (sweep->handed != NULL || goes_on(sweep)) {
        struct asking *handed = sweep->handed;
        struct asking asking = { .next = NULL };
        int64_t wait = 0;
        int code;

        if (handed != NULL) {
            sweep->handed = handed->next;
            if (sweep->handed != NULL)
                call_crew(sweep, CREW_OWNERS);
            (void)go_on(sweep, handed);
        } else if (begin(sweep, CREW_OWNERS, &asking.task, &code, &wait)) {
            (void)ask(sweep, &asking, code, NULL);
        } else {
            rest(sweep, CREW_OWNERS, wait);
        }
    }
    process_unlock(&sweep->lock);
    return NULL;
}

/* Begin to ask about another account, if there is one, and this sharer has not its share already.
 */
static bool begin_shared(struct sharer *sharer, int64_t *wait)
{
    struct sweep *sweep = sharer->sweep;
    struct asking first = { .next = NULL };
    struct asking *asking;
    unsigned all = 0;
    int code;

    for (size_t i = 0; i < MOST_SHARERS; i++)
        all += sweep->sharers[i].running;
    *wait = SWEEP_TICK;
    if (sharer->running > all / sweep->crews[CREW_SHARERS].count + SLACK ||
        !begin(sweep, CREW_SHARERS, &first.task, &code, wait))
        return false;
    asking = malloc(sizeof *asking);
    if (asking == NULL) {
        (void)ask(sweep, &first, code, NULL);
        return true;
    }
    *asking = first;
    sharer->running++;
    if (ask(sweep, asking, code, &sharer->loop)) {
        sharer->running--;
        free(asking);
    }
    return true;
}

/* A hook can go on: here, or, when it will wait, in a thread of its own. */
static void end_shared(struct sharer *sharer, struct asking *asking)
{
    struct sweep *sweep = sharer->sweep;
    struct crew *owners = &sweep->crews[CREW_OWNERS];

    if (!asking->handle->deferral.waits) {
        if (go_on(sweep, asking))
            sharer->running--;
        return;
    }
    sharer->running--;
    defer_forbid(asking->handle);
    asking->next = sweep->handed;
    sweep->handed = asking;
    call_crew(sweep, CREW_OWNERS);
    if (owners->count > 0 && !sweep->closing)
        return;
    sweep->handed = asking->next;
    (void)go_on(sweep, asking);
}

static void wait_for_answers(struct sharer *sharer, int64_t ms)
{
    struct sweep *sweep = sharer->sweep;

    process_unlock(&sweep->lock);
    loop_wait(&sharer->loop, ms < LOOK ? ms : LOOK);
    sweep_lock(sweep);
}

static void *share(void *data)
{
    struct sharer *sharer = data;
    struct sweep *sweep = sharer->sweep;

    sweep_lock(sweep);
    while (sharer->running > 0 || goes_on(sweep)) {
        struct fob_handle *woken;
        int64_t wait;

        if (begin_shared(sharer, &wait))
            continue;
        woken = loop_next(&sharer->loop);
        if (woken != NULL)
            end_shared(sharer, woken->deferral.owner);
        else if (sharer->running > 0)
            wait_for_answers(sharer, wait);
        else
            rest(sweep, CREW_SHARERS, wait);
    }
    process_unlock(&sweep->lock);
    loop_clear(&sharer->loop);
    return NULL;
}
