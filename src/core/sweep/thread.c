/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The threads of a sweep: each takes the next entry, asks the provider, and waits for the answer.
 * Everything but the asking is done with the lock held.
 */
#include "config.h"

#include "core/sweep/sweep.h"

#include "core/hook/budget.h"
#include "store/validated.h"
#include "util/error.h"
#include "util/names.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A thread's stack, on which a conversation may run.  It has less than 2 MiB, so that the kernel
 * cannot use a huge page, which would count as used memory.
 */
#define STACK_SIZE (1024 * (size_t)1024)

static void *thread_main(void *data);

/* Make another thread, unless there are enough; it finds its work itself. */
static void thread_spawn_locked(struct sweep *sweep)
{
    struct sweep_thread *thread = &sweep->threads[sweep->thread_count];
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;

    if (sweep->thread_count >= sweep->queue.in_flight_max || pthread_attr_init(&attributes) != 0)
        return;
    (void)pthread_attr_setstacksize(&attributes, STACK_SIZE);
    thread->sweep = sweep;
    /* Signals are for the application's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread->id, &attributes, thread_main, thread) == 0) {
        sweep->thread_count++;
        sweep->called = true;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

void thread_call_locked(struct sweep *sweep)
{
    struct sweep_provider *nearest;
    int64_t wait;
    bool ready;

    if (sweep->queue.closed || sweep->alone || sweep->called ||
        sweep->queue.in_flight >= sweep->queue.in_flight_max)
        return;
    ready = sweep_queue_pick_locked(&sweep->queue, NULL, &nearest, &wait) != NULL;
    /* One of the resting threads watches the time. */
    if (sweep->idle > 0 && (ready || (nearest != NULL && sweep->rest_until == 0))) {
        pthread_cond_signal(&sweep->queue.work);
        sweep->called = true;
    } else if (ready) {
        thread_spawn_locked(sweep);
    }
}

/* The entries of the attempt are settled, or were put back. */
static void thread_end_locked(struct sweep *sweep, struct sweep_attempt *attempt)
{
    queue_end(&attempt->provider->queue);
    sweep->queue.in_flight--;
    attempt->count = 0;
}

/* Count the call in the budget, without the lock.  Returns false if the attempt has lost its entry,
 * which must wait, or is not asked about.  CODE is the budget's. */
static bool thread_pay_locked(struct sweep *sweep, struct sweep_attempt *attempt, int *code)
{
    struct sweep_provider *provider = attempt->provider;
    const struct budget_request ask = {
        .provider = provider->name,
        .per_minute = provider->per_minute,
        .planned = provider->queue.length + provider->queue.in_flight,
    };
    int64_t wait = 0;

    *code = FOB_SUCCESS;
    if (ask.per_minute == 0)
        return true;
    sweep_queue_unlock(&sweep->queue);
    *code = budget_take(sweep->context, &ask, &wait);
    sweep_queue_lock(&sweep->queue);
    if (attempt->abandoned)
        return false;
    if (wait == 0 && !sweep->queue.closed && provider->code == FOB_SUCCESS)
        return true;
    queue_put_back(&provider->queue, attempt->questions[0].entry, budget_clock(), wait);
    thread_end_locked(sweep, attempt);
    sweep_queue_drain_locked(&sweep->queue, provider);
    return false;
}

/* Take more entries for an attempt that is not counted in a budget. */
static void thread_take_along_locked(struct sweep_attempt *attempt)
{
    struct sweep_provider *provider = attempt->provider;

    if (provider->per_minute > 0 || provider->model == NULL ||
        !dispatch_takes_batch(provider->model, HOOK_VALIDATE))
        return;
    while (attempt->count < DISPATCH_BATCH) {
        struct queue_entry *entry =
            queue_take_along(&provider->queue, attempt->questions[0].entry, attempt->count);

        if (entry == NULL)
            return;
        attempt->questions[attempt->count++].entry = entry;
    }
}

/* Begin an attempt.  Returns false, and sets WAIT, if no attempt may begin. */
static bool thread_take_locked(struct sweep *sweep, struct sweep_attempt *attempt, int *code,
                               int64_t *wait)
{
    struct sweep_queue *queue = &sweep->queue;
    struct sweep_provider *nearest;

    sweep->called = false;
    while (!queue->closed && queue->result_count < SWEEP_BACKLOG &&
           queue->in_flight < queue->in_flight_max) {
        struct sweep_provider *provider =
            sweep_queue_pick_locked(queue, attempt->provider, &nearest, wait);

        if (provider == NULL) {
            if (nearest == NULL || *wait > SWEEP_TICK_MS)
                *wait = SWEEP_TICK_MS;
            return false;
        }
        queue->turn++;
        queue->in_flight++;
        attempt->provider = provider;
        attempt->questions[0].entry = queue_take(&provider->queue);
        attempt->count = 1;
        if (thread_pay_locked(sweep, attempt, code)) {
            thread_take_along_locked(attempt);
            return true;
        }
    }
    *wait = SWEEP_TICK_MS;
    return false;
}

/* The provider's circuit is open because of RESULT, which is ACCOUNT's. */
static void thread_note_circuit_locked(struct sweep_provider *provider, const char *account,
                                       const struct sweep_result *result)
{
    char why[2048];

    snprintf(why, sizeof why, "not asked, since of %s: %s", account,
             result->reason != NULL ? result->reason : "");
    provider->reason = strdup(why);
    provider->hint = strdup(result->hint != NULL ? result->hint : "");
    provider->code = provider->queue.circuit;
}

/* Settle QUESTION, and queue its result. */
static void thread_settle_locked(struct sweep *sweep, struct sweep_provider *provider,
                                 const struct sweep_question *question)
{
    struct sweep_queue *queue = &sweep->queue;
    struct sweep_result *result = question->result;
    struct queue_entry *entry = question->entry;
    bool again = queue_settle(&provider->queue, entry, &question->outcome, budget_clock());

    queue->open -= !again;
    if (result == NULL)
        queue->failed = FOB_NOMEM;
    else if (result->code == FOB_ABORT && !queue->closed)
        queue->failed = FOB_ABORT;
    if (result != NULL && provider->queue.circuit != FOB_SUCCESS && provider->code == FOB_SUCCESS)
        thread_note_circuit_locked(provider, entry->account, result);
    if (!again && result != NULL && result->code != FOB_ABORT) {
        sweep_queue_finish_locked(queue, result, entry);
    } else {
        result_free(result);
        if (!again)
            queue_entry_free(entry);
    }
}

/* Settle what was asked, and put back what was not. */
static void thread_finish_locked(struct sweep *sweep, struct sweep_attempt *attempt)
{
    struct sweep_queue *queue = &sweep->queue;
    struct sweep_provider *provider = attempt->provider;

    for (size_t i = attempt->count; i > 0; i--) {
        struct queue_entry *entry = attempt->questions[i - 1].entry;

        if (attempt->questions[i - 1].asked)
            continue;
        entry->alone = true;
        queue_put_back(&provider->queue, entry, budget_clock(), 0);
    }
    for (size_t i = 0; i < attempt->count; i++) {
        if (attempt->questions[i].asked)
            thread_settle_locked(sweep, provider, &attempt->questions[i]);
    }
    thread_end_locked(sweep, attempt);
    sweep_queue_drain_locked(queue, provider);
    if (queue->open == 0 || queue->result_count >= SWEEP_WRITE)
        pthread_cond_signal(&queue->results_ready);
    if (queue->open == 0)
        pthread_cond_broadcast(&queue->work);
}

/* Whether the last account of PROVIDER that is known is done; or the next comes later, but each
 * descriptor is needed. */
static bool thread_is_done_locked(const struct sweep *sweep, const struct sweep_provider *provider)
{
    return provider->queue.length == 0 && provider->queue.in_flight == 0 &&
           (!sweep->queue.listing || sweep->ceiling < SWEEP_JOBS);
}

/* Make the attempt that has begun; CODE is the budget's. */
static void thread_attempt_locked(struct sweep *sweep, struct sweep_attempt *attempt, int code)
{
    thread_call_locked(sweep);
    for (size_t i = 0; i < attempt->count; i++)
        sweep_queue_release_locked(&sweep->queue, attempt->questions[i].entry);
    sweep_queue_unlock(&sweep->queue);
    if (code == FOB_SUCCESS)
        attempt_make(sweep, attempt);
    else
        attempt_refuse(attempt, code);
    sweep_queue_lock(&sweep->queue);
    if (attempt->abandoned) {
        for (size_t i = 0; i < attempt->count; i++)
            result_free(attempt->questions[i].result);
        return;
    }
    thread_finish_locked(sweep, attempt);
    if (thread_is_done_locked(sweep, attempt->provider) && attempt->provider->model != NULL) {
        sweep_queue_unlock(&sweep->queue);
        plugin_workers_rest(attempt->provider->model->workers);
        sweep_queue_lock(&sweep->queue);
    }
}

bool thread_stand_in_locked(struct sweep *sweep, int64_t *wait)
{
    struct sweep_attempt attempt = { .polls = true };
    int code;

    thread_call_locked(sweep);
    if (sweep->thread_count > 0 || !thread_take_locked(sweep, &attempt, &code, wait))
        return false;
    thread_attempt_locked(sweep, &attempt, code);
    return true;
}

static bool thread_goes_on_locked(const struct sweep *sweep)
{
    return !sweep->queue.closed && (sweep->queue.open > 0 || sweep->queue.listing);
}

/* No attempt may begin for WAIT milliseconds: one thread wakes then, the others rest until they are
 * called. */
static void thread_rest_locked(struct sweep *sweep, int64_t wait)
{
    const int64_t until = budget_clock() + wait;

    if (!thread_goes_on_locked(sweep))
        return;
    sweep->idle++;
    if (sweep->rest_until == 0 || until < sweep->rest_until) {
        sweep->rest_until = until;
        sweep_queue_wait_locked(&sweep->queue, &sweep->queue.work, wait);
        if (sweep->rest_until == until)
            sweep->rest_until = 0;
    } else {
        pthread_cond_wait(&sweep->queue.work, &sweep->queue.lock.mutex);
    }
    sweep->idle--;
}

static void thread_free_sweep(struct sweep *sweep)
{
    validated_free(sweep->validated);
    if (sweep->names != NULL)
        names_free(sweep->names, sweep->name_count);
    sweep_queue_clear(&sweep->queue);
    pthread_mutex_destroy(&sweep->talking);
    free(sweep);
}

static void *thread_main(void *data)
{
    struct sweep_thread *thread = data;
    struct sweep_attempt *attempt = &thread->attempt;
    struct sweep *sweep = thread->sweep;
    bool last = false;

    sweep_queue_lock(&sweep->queue);
    while (thread_goes_on_locked(sweep)) {
        int64_t wait = 0;
        int code;

        if (thread_take_locked(sweep, attempt, &code, &wait))
            thread_attempt_locked(sweep, attempt, code);
        else
            thread_rest_locked(sweep, wait);
    }
    if (attempt->abandoned) {
        for (size_t i = 0; i < attempt->count; i++)
            queue_entry_free(attempt->questions[i].entry);
        last = --sweep->stuck == 0 && sweep->left;
    }
    sweep_queue_unlock(&sweep->queue);
    if (last)
        thread_free_sweep(sweep);
    return NULL;
}

/* Finish ABANDONED, which stays the thread's, as stuck. */
static void thread_finish_stuck_locked(struct sweep *sweep, const char *provider,
                                       const struct queue_entry *abandoned)
{
    struct sweep_queue *queue = &sweep->queue;
    struct sweep_result *result = result_new(provider, abandoned->was);
    struct queue_entry *entry = queue_entry_new(abandoned->account, abandoned->was);
    int code = error_set(FOB_PLUGIN, "its hook did not end when the sweep did, and was left");

    queue->open--;
    if (result != NULL && entry != NULL && result_fail(result, code) == FOB_SUCCESS) {
        sweep_queue_finish_locked(queue, result, entry);
        return;
    }
    result_free(result);
    queue_entry_free(entry);
    queue->failed = FOB_NOMEM;
}

static void thread_abandon_one_locked(struct sweep *sweep, struct sweep_attempt *attempt)
{
    attempt->abandoned = true;
    sweep->stuck++;
    sweep->queue.in_flight--;
    for (size_t i = 0; i < attempt->count; i++)
        thread_finish_stuck_locked(sweep, attempt->provider->name, attempt->questions[i].entry);
}

void thread_abandon_locked(struct sweep *sweep)
{
    /* A conversation is not cut short. */
    if (pthread_mutex_trylock(&sweep->talking) != 0)
        return;
    sweep->hung_up = true;
    pthread_mutex_unlock(&sweep->talking);
    for (unsigned i = 0; i < sweep->thread_count; i++) {
        struct sweep_attempt *attempt = &sweep->threads[i].attempt;

        if (attempt->count > 0 && !attempt->abandoned)
            thread_abandon_one_locked(sweep, attempt);
    }
}

void thread_join(struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->thread_count; i++) {
        if (sweep->threads[i].attempt.abandoned)
            pthread_detach(sweep->threads[i].id);
        else
            pthread_join(sweep->threads[i].id, NULL);
    }
}

void thread_leave(struct sweep *sweep)
{
    bool last;

    sweep_queue_lock(&sweep->queue);
    sweep->left = true;
    last = sweep->stuck == 0;
    sweep_queue_unlock(&sweep->queue);
    if (last)
        thread_free_sweep(sweep);
}
