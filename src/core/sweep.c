/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asking about many accounts: threads that take the next account whose turn it is. */
#include "config.h"

#include "core/sweep.h"

#include "core/audit.h"
#include "core/budget.h"
#include "store/confirmed.h"
#include "util/error.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many findings are kept together when they come fast. */
#define BATCH 256
/* No more are found while so many wait to be kept. */
#define BACKLOG (4 * (size_t)BATCH)
/* Milliseconds between two ticks. */
#define TICK 100
/* So long it is waited for room for more records. */
#define SOON 20
/* When all is to be over, calls that run have so long to come to their end. */
#define GRACE 1000

static const char interrupted[] = "the sweep was interrupted";

static void wait_for(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(cond, lock, &until);
}

/* The next part with a lane that is ready, each in turn; NULL for none yet: NEAREST is then the one
 * that will be first, and WAIT how soon; or NULL. */
static struct part *pick(const struct sweep *sweep, struct part **nearest, int64_t *wait)
{
    const int64_t now = budget_clock();

    *nearest = NULL;
    *wait = 0;
    for (size_t i = 0; i < sweep->part_count; i++) {
        struct part *part = sweep->parts[(sweep->turn + i) % sweep->part_count];
        int64_t left;

        if (!lane_ready(&part->lane, now, &left))
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

/* With the lock held: JOB's record, if there is one, is not kept with the job any more. */
static void let_go(struct sweep *sweep, const struct lane_job *job)
{
    if (job->record != NULL && --sweep->records == SWEEP_RECORDS / 2)
        pthread_cond_signal(&sweep->room);
}

void sweep_await_room(struct sweep *sweep)
{
    if (sweep->records < SWEEP_RECORDS || sweep->slow || sweep->thread_count == 0)
        return;
    wait_for(&sweep->room, &sweep->lock, SOON);
    sweep->slow = sweep->records >= SWEEP_RECORDS;
}

/* With the lock held. */
static void free_job(struct sweep *sweep, struct lane_job *job)
{
    let_go(sweep, job);
    record_free(job->record);
    free(job);
}

static void *work(void *data);

void sweep_call_help(struct sweep *sweep)
{
    struct part *nearest;
    sigset_t all;
    sigset_t before;
    int64_t wait;

    if (sweep->closing || sweep->threads == NULL || pick(sweep, &nearest, &wait) == NULL)
        return;
    if (sweep->idle > 0) {
        pthread_cond_signal(&sweep->work);
        return;
    }
    if (sweep->thread_count >= sweep->most)
        return;
    /* Signals are for the application's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&sweep->threads[sweep->thread_count], NULL, work, sweep) == 0)
        sweep->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* With the lock held: nobody is asked about what waits in PART when all is to be over, or when its
 * provider was given up. */
static void settle(struct sweep *sweep, struct part *part)
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

/* With the lock held, which is given up meanwhile: count the call.  False when it must wait, or is
 * not to be made any more; CODE tells when it can not be counted. */
static bool take_from_budget(struct sweep *sweep, const struct task *task, int *code)
{
    struct lane *lane = &task->part->lane;
    const struct budget_ask ask = {
        .provider = task->part->provider,
        .per_minute = task->part->per_minute,
        .now = budget_clock(),
        .planned = lane->waiting + lane->running,
    };
    int64_t wait = 0;

    *code = FOB_SUCCESS;
    if (ask.per_minute == 0)
        return true;
    pthread_mutex_unlock(&sweep->lock);
    *code = budget_take(sweep->context->settings, &ask, &wait);
    pthread_mutex_lock(&sweep->lock);
    if (wait == 0 && !sweep->closing && task->part->code == FOB_SUCCESS)
        return true;
    lane_put_back(lane, task->job, ask.now, wait);
    settle(sweep, task->part);
    return false;
}

/* With the lock held: begin the next one.  False when there is none now, and WAIT says for how
 * long.
 */
static bool begin(struct sweep *sweep, struct task *task, int *code, int64_t *wait)
{
    struct part *nearest;

    while (!sweep->closing && sweep->finished_count < BACKLOG) {
        task->part = pick(sweep, &nearest, wait);
        if (task->part == NULL) {
            if (nearest == NULL)
                *wait = TICK;
            return false;
        }
        sweep->turn++;
        task->job = lane_begin(&task->part->lane);
        task->alone = sweep->thread_count == 0;
        if (take_from_budget(sweep, task, code))
            return true;
    }
    *wait = TICK;
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

/* With the lock held: what came of the task. */
static void end(struct sweep *sweep, const struct task *task, struct finding *finding,
                const struct lane_outcome *outcome)
{
    struct lane *lane = &task->part->lane;
    bool again = lane_end(lane, task->job, outcome, budget_clock());

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
    settle(sweep, task->part);
    if (again || finding == NULL || finding->code == FOB_ABORT)
        finding_free(finding);
    else
        sweep_finish(sweep, finding);
    if (sweep->open == 0 || sweep->finished_count >= BATCH)
        pthread_cond_signal(&sweep->news);
    if (sweep->open == 0)
        pthread_cond_broadcast(&sweep->work);
}

/* With the lock held, which is given up meanwhile: do what BEGIN began; CODE is the budget's. */
static void run_task(struct sweep *sweep, const struct task *task, int code)
{
    struct lane_outcome outcome = { .code = code };
    struct finding *finding;

    sweep_call_help(sweep);
    let_go(sweep, task->job);
    pthread_mutex_unlock(&sweep->lock);
    if (code == FOB_SUCCESS) {
        finding = sweep_ask(sweep, task, &outcome);
    } else {
        record_free(task->job->record);
        task->job->record = NULL;
        finding = finding_new(task->job->account, task->part->provider, (int)task->job->was);
        if (finding != NULL && finding_fail(finding, code) != FOB_SUCCESS) {
            finding_free(finding);
            finding = NULL;
        }
    }
    pthread_mutex_lock(&sweep->lock);
    end(sweep, task, finding, &outcome);
}

static void *work(void *data)
{
    struct sweep *sweep = data;

    pthread_mutex_lock(&sweep->lock);
    while (!sweep->closing && (sweep->open > 0 || sweep->listing)) {
        struct task task;
        int64_t wait = 0;
        int code;

        if (begin(sweep, &task, &code, &wait)) {
            run_task(sweep, &task, code);
            continue;
        }
        if (sweep->closing || (sweep->open == 0 && !sweep->listing))
            break;
        sweep->idle++;
        wait_for(&sweep->work, &sweep->lock, wait);
        sweep->idle--;
    }
    pthread_mutex_unlock(&sweep->lock);
    return NULL;
}

/* With the lock held: no further call is begun, and what runs ends soon. */
static void close_sweep(struct sweep *sweep)
{
    if (sweep->closing)
        return;
    sweep->closing = true;
    atomic_store(&sweep->end, budget_clock() + GRACE);
    for (size_t i = 0; i < sweep->part_count; i++)
        settle(sweep, sweep->parts[i]);
    pthread_cond_broadcast(&sweep->work);
}

/* With the lock held, which is given up meanwhile: keep what is finished. */
static int keep_finished(struct sweep *sweep)
{
    struct finding *findings = sweep->finished;
    size_t count = sweep->finished_count;
    int code;

    if (count == 0)
        return FOB_SUCCESS;
    sweep->finished = NULL;
    sweep->finished_last = &sweep->finished;
    sweep->finished_count = 0;
    if (count >= BACKLOG)
        pthread_cond_broadcast(&sweep->work);
    pthread_mutex_unlock(&sweep->lock);
    code = sweep_keep(sweep, findings, count);
    pthread_mutex_lock(&sweep->lock);
    sweep->done += count;
    return code;
}

/* With the lock held, which is given up meanwhile.  False when all is to be over. */
static bool tick(struct sweep *sweep)
{
    struct fob_sweep_state state = { .done = sweep->done, .all = sweep->all };
    struct part *nearest;
    bool more;

    if (sweep->plan->tick == NULL)
        return true;
    if (pick(sweep, &nearest, &state.wait) == NULL && nearest != NULL) {
        unsigned running = 0;

        for (size_t i = 0; i < sweep->part_count; i++)
            running += sweep->parts[i]->lane.running;
        if (running == 0)
            state.waits_for = nearest->provider;
    }
    pthread_mutex_unlock(&sweep->lock);
    more = sweep->plan->tick(&state, sweep->plan->data);
    pthread_mutex_lock(&sweep->lock);
    return more;
}

/* With the lock held: do something, or let others do it, for a while. */
static void let_work(struct sweep *sweep)
{
    struct task task;
    int64_t wait = TICK;
    int code;

    /* There may be none to be had, too. */
    if (sweep->thread_count == 0 && begin(sweep, &task, &code, &wait)) {
        run_task(sweep, &task, code);
        return;
    }
    if (sweep->open > 0 && sweep->finished_count < BATCH)
        wait_for(&sweep->news, &sweep->lock, wait < TICK ? wait : TICK);
}

/* With the lock held: whether there is enough to keep together, or it was a while ago. */
static bool is_due(struct sweep *sweep)
{
    const int64_t now = budget_clock();

    if (sweep->open > 0 && sweep->failed == FOB_SUCCESS && sweep->finished_count < BATCH &&
        now - sweep->attended < TICK)
        return false;
    sweep->attended = now;
    return true;
}

/* With the lock held, which is given up meanwhile. */
static int attend(struct sweep *sweep)
{
    int code = is_due(sweep) ? keep_finished(sweep) : FOB_SUCCESS;

    if (code == FOB_SUCCESS && !sweep->closing && (sweep->failed == FOB_ABORT || !tick(sweep)))
        code = error_set(FOB_ABORT, interrupted);
    return code;
}

/* With the lock held: the sweep ends with CODE, the first such. */
static void note_end(struct sweep *sweep, int code)
{
    if (code == FOB_SUCCESS)
        return;
    if (sweep->result == FOB_SUCCESS) {
        sweep->result = code;
        error_keep(&sweep->error);
    }
    close_sweep(sweep);
}

void sweep_look(void *data)
{
    struct sweep *sweep = data;
    const int64_t now = budget_clock();

    if (now - sweep->looked < TICK)
        return;
    sweep->looked = now;
    pthread_mutex_lock(&sweep->lock);
    if (!sweep->closing && !tick(sweep))
        note_end(sweep, error_set(FOB_ABORT, interrupted));
    pthread_mutex_unlock(&sweep->lock);
}

int sweep_attend(struct sweep *sweep)
{
    int code;

    pthread_mutex_lock(&sweep->lock);
    code = attend(sweep);
    pthread_mutex_unlock(&sweep->lock);
    return code;
}

/* Until everything is finished and kept. */
static int run_to_end(struct sweep *sweep, int code)
{
    pthread_mutex_lock(&sweep->lock);
    sweep->listing = false;
    pthread_cond_broadcast(&sweep->work);
    note_end(sweep, code);
    while (sweep->open > 0 || sweep->finished_count > 0) {
        note_end(sweep, attend(sweep));
        let_work(sweep);
    }
    pthread_mutex_unlock(&sweep->lock);
    for (unsigned i = 0; i < sweep->thread_count; i++)
        pthread_join(sweep->threads[i], NULL);
    if (sweep->result != FOB_SUCCESS) {
        error_restore(&sweep->error, sweep->result);
        return sweep->result;
    }
    return sweep->failed != FOB_SUCCESS ? error_nomem() : FOB_SUCCESS;
}

static int run(struct sweep *sweep)
{
    int code = sweep_count(sweep);

    if (code != FOB_SUCCESS)
        return code;
    sweep->most = sweep->plan->jobs;
    sweep->listing = true;
    if (sweep->most != 1 && sweep->name_count > 1)
        sweep->threads = calloc(MOST_JOBS, sizeof *sweep->threads);
    code = run_to_end(sweep, sweep_list(sweep));
    free(sweep->threads);
    return code;
}

static int init(struct sweep *sweep)
{
    pthread_condattr_t clock;

    sweep->finished_last = &sweep->finished;
    if (pthread_condattr_init(&clock) != 0)
        return error_nomem();
    /* These do not fail on Linux. */
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&sweep->work, &clock);
    pthread_cond_init(&sweep->news, &clock);
    pthread_cond_init(&sweep->room, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&sweep->lock, NULL);
    pthread_mutex_init(&sweep->talking, NULL);
    return FOB_SUCCESS;
}

static void clear(struct sweep *sweep)
{
    while (sweep->finished != NULL) {
        struct finding *next = sweep->finished->next;

        finding_free(sweep->finished);
        sweep->finished = next;
    }
    sweep_free_list(sweep);
    pthread_cond_destroy(&sweep->work);
    pthread_cond_destroy(&sweep->news);
    pthread_cond_destroy(&sweep->room);
    pthread_mutex_destroy(&sweep->lock);
    pthread_mutex_destroy(&sweep->talking);
}

int fob_sweep(struct fob_context *context, const struct fob_sweep *plan)
{
    struct sweep sweep = { .context = context, .plan = plan };
    int code;

    if (plan->jobs > MOST_JOBS)
        return error_set(FOB_INVALID, "a sweep makes at most %d calls at a time", MOST_JOBS);
    code = context_store(context, &sweep.store);
    if (code == FOB_SUCCESS)
        code = audit_ready(context);
    if (code == FOB_SUCCESS)
        code = init(&sweep);
    if (code != FOB_SUCCESS)
        return code;
    code = run(&sweep);
    if (code == FOB_SUCCESS && sweep.name_count > SWEEP_FEW)
        code = confirmed_tidy(sweep.store, sweep.name_count);
    clear(&sweep);
    return code;
}
