/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A sweep as a whole: what its own thread does until everything is finished. */
#include "config.h"

#include "core/sweep.h"

#include "core/audit.h"
#include "core/budget.h"
#include "store/confirmed.h"
#include "util/descriptors.h"
#include "util/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* So long it is waited for room for more records. */
#define SOON 20
/* When all is to be over, calls that run have so long to come to their end. */
#define GRACE 1000

static const char interrupted[] = "the sweep was interrupted";

void sweep_leave_child(struct sweep *sweep)
{
    if (sweep->process == process_id())
        return;
    if (!pthread_equal(pthread_self(), sweep->thread))
        _exit(EX_SOFTWARE);
    longjmp(sweep->leave, 1);
}

void sweep_lock(struct sweep *sweep)
{
    sweep_leave_child(sweep);
    process_lock(&sweep->lock);
}

void sweep_await_room(struct sweep *sweep)
{
    if (sweep->records < SWEEP_RECORDS || sweep->slow || sweep->thread_count == 0)
        return;
    sweep_wait(sweep, &sweep->room, SOON);
    sweep->slow = sweep->records >= SWEEP_RECORDS;
}

/* With the lock held: no further call is begun, and what runs ends soon. */
static void close_sweep(struct sweep *sweep)
{
    if (sweep->closing)
        return;
    sweep->closing = true;
    atomic_store(&sweep->end, budget_clock() + GRACE);
    for (size_t i = 0; i < sweep->part_count; i++)
        sweep_settle(sweep, sweep->parts[i]);
    sweep_wake_all(sweep);
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
    if (count >= SWEEP_BACKLOG)
        sweep_wake_all(sweep);
    process_unlock(&sweep->lock);
    code = sweep_keep(sweep, findings, count);
    sweep_lock(sweep);
    sweep->done += count;
    return code;
}

/* With the lock held, which is given up meanwhile.  False when all is to be over. */
static bool tick(struct sweep *sweep)
{
    struct fob_sweep_state state = {
        .done = sweep->done,
        .all = sweep->all,
        .unread = sweep->name_count - sweep->read,
    };
    const struct part *nearest;
    bool more;

    if (sweep->plan->tick == NULL)
        return true;
    nearest = sweep_nearest(sweep, &state.wait);
    if (nearest != NULL && sweep->running == 0)
        state.waits_for = nearest->model->provider->texts[FOB_PROVIDER_TITLE];
    process_unlock(&sweep->lock);
    more = sweep->plan->tick(&state, sweep->plan->data);
    sweep_lock(sweep);
    return more;
}

/* With the lock held: do something, or let others do it, for a while. */
static void let_work(struct sweep *sweep)
{
    int64_t wait = SWEEP_TICK;

    if (sweep_help(sweep, &wait))
        return;
    if (sweep->open > 0 && sweep->finished_count < SWEEP_BATCH)
        sweep_wait(sweep, &sweep->news, wait);
}

/* With the lock held: whether there is enough to keep together, or it was a while ago. */
static bool is_due(struct sweep *sweep)
{
    const int64_t now = budget_clock();

    if (sweep->open > 0 && sweep->failed == FOB_SUCCESS && sweep->finished_count < SWEEP_BATCH &&
        now - sweep->attended < SWEEP_TICK)
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

    if (now - sweep->looked < SWEEP_TICK)
        return;
    sweep->looked = now;
    sweep_lock(sweep);
    if (!sweep->closing && !tick(sweep))
        note_end(sweep, error_set(FOB_ABORT, interrupted));
    process_unlock(&sweep->lock);
}

int sweep_attend(struct sweep *sweep)
{
    int code;

    sweep_lock(sweep);
    code = attend(sweep);
    process_unlock(&sweep->lock);
    return code;
}

/* Until everything is finished and kept. */
static int run_to_end(struct sweep *sweep, int code)
{
    sweep_lock(sweep);
    sweep->listing = false;
    sweep_wake_all(sweep);
    note_end(sweep, code);
    while (sweep->open > 0 || sweep->finished_count > 0) {
        note_end(sweep, attend(sweep));
        let_work(sweep);
    }
    process_unlock(&sweep->lock);
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
    int code;

    if (setjmp(sweep->leave) != 0)
        return error_set(FOB_INVALID, "the sweep is the parent's: this is a child of fork()");
    code = sweep_count(sweep);

    if (code != FOB_SUCCESS)
        return code;
    sweep->ceiling = descriptors_allow(MOST_JOBS);
    sweep->most = sweep->plan->jobs < sweep->ceiling ? sweep->plan->jobs : sweep->ceiling;
    sweep->listing = true;
    sweep->alone = sweep->plan->accounts != NULL && sweep->name_count == 1;
    return run_to_end(sweep, sweep_list(sweep));
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
    pthread_mutex_destroy(&sweep->talking);
}

/* That a sweep over all accounts has ended, so that one that does not come is missed. */
static int log_end(const struct sweep *sweep, int code)
{
    const uint64_t all = sweep->all + sweep->name_count - sweep->read;
    const bool ended = code == FOB_SUCCESS;
    char detail[128];
    struct audit_event line = { .name = "sweep", .code = code, .detail = detail };

    if (sweep->plan->accounts != NULL)
        return code;
    snprintf(detail, sizeof detail, "asked %" PRIu64 ", changed %" PRIu64 ", not asked %" PRIu64,
             sweep->asked, sweep->changed, all > sweep->asked ? all - sweep->asked : 0);
    if (ended)
        return audit_event(sweep->context, &line);
    audit_note_event(sweep->context, &line);
    return code;
}

/* Tidying reads all confirmations there are. */
static bool is_time_to_tidy(const struct sweep *sweep)
{
    uint32_t chance = 0;

    return sweep->name_count > SWEEP_FEW ||
           (getrandom(&chance, sizeof chance, GRND_NONBLOCK) == (ssize_t)sizeof chance &&
            chance % SWEEP_TIDY == 0);
}

int fob_sweep(struct fob_context *context, const struct fob_sweep *plan)
{
    struct sweep sweep = {
        .context = context,
        .plan = plan,
        .change_ms = CHANGE_MS,
        .process = process_id(),
        .thread = pthread_self(),
    };
    int code;

    NEED(context);
    NEED(plan);
    code = error_flags(__func__, plan->flags, FOB_NOW);
    if (code != FOB_SUCCESS)
        return code;
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
    if (sweep.process != process_id())
        return code;
    if (code == FOB_SUCCESS && is_time_to_tidy(&sweep))
        code = confirmed_tidy(sweep.store, sweep.name_count);
    code = log_end(&sweep, code);
    clear(&sweep);
    return code;
}
