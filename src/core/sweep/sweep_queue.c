/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The queues of all providers, and the queue of results. */
#include "config.h"

#include "core/sweep/sweep_queue.h"

#include "core/hook/budget.h"
#include "util/error.h"

#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

void sweep_queue_leave_child(struct sweep_queue *queue)
{
    if (queue->process == process_id())
        return;
    if (!pthread_equal(pthread_self(), queue->thread))
        _exit(EX_SOFTWARE);
    longjmp(queue->leave, 1);
}

void sweep_queue_lock(struct sweep_queue *queue)
{
    sweep_queue_leave_child(queue);
    process_lock(&queue->lock);
}

void sweep_queue_unlock(struct sweep_queue *queue)
{
    process_unlock(&queue->lock);
}

int sweep_queue_init(struct sweep_queue *queue)
{
    pthread_condattr_t clock;

    queue->last = &queue->results;
    queue->process = process_id();
    queue->thread = pthread_self();
    if (pthread_condattr_init(&clock) != 0)
        return error_nomem();
    /* These cannot fail on Linux. */
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->work, &clock);
    pthread_cond_init(&queue->room, &clock);
    pthread_cond_init(&queue->results_ready, &clock);
    pthread_condattr_destroy(&clock);
    return FOB_SUCCESS;
}

static void sweep_provider_free(struct sweep_provider *provider)
{
    fob_end(provider->model);
    free(provider->reason);
    free(provider->hint);
    free(provider);
}

int sweep_queue_add_locked(struct sweep_queue *queue, struct sweep_provider *provider)
{
    struct sweep_provider **more =
        reallocarray(queue->providers, queue->provider_count + 1, sizeof *more);

    if (more == NULL) {
        sweep_provider_free(provider);
        return error_nomem();
    }
    queue->providers = more;
    more[queue->provider_count++] = provider;
    return FOB_SUCCESS;
}

void sweep_queue_clear(struct sweep_queue *queue)
{
    while (queue->results != NULL) {
        struct sweep_result *next = queue->results->next;

        result_free(queue->results);
        queue->results = next;
    }
    for (size_t i = 0; i < queue->provider_count; i++)
        sweep_provider_free(queue->providers[i]);
    free(queue->providers);
    pthread_cond_destroy(&queue->work);
    pthread_cond_destroy(&queue->room);
    pthread_cond_destroy(&queue->results_ready);
}

void sweep_queue_wait_locked(struct sweep_queue *queue, pthread_cond_t *cond, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(cond, &queue->lock.mutex, &until);
}

/* Whether ONE is a better choice than OTHER, which may be NULL. */
static bool sweep_queue_prefers(const struct sweep_provider *last, const struct sweep_provider *one,
                                const struct sweep_provider *other)
{
    if (other == NULL || one->queue.in_flight != other->queue.in_flight)
        return other == NULL || one->queue.in_flight < other->queue.in_flight;
    return one == last;
}

struct sweep_provider *sweep_queue_pick_locked(const struct sweep_queue *queue,
                                               const struct sweep_provider *last,
                                               struct sweep_provider **nearest, int64_t *wait)
{
    const int64_t now = budget_clock();
    struct sweep_provider *best = NULL;

    *nearest = NULL;
    *wait = 0;
    for (size_t i = 0; i < queue->provider_count; i++) {
        struct sweep_provider *provider =
            queue->providers[(queue->turn + i) % queue->provider_count];
        int64_t left;

        if (!queue_is_ready(&provider->queue, now, &left))
            continue;
        if (left == 0 && sweep_queue_prefers(last, provider, best))
            best = provider;
        if (left > 0 && (*nearest == NULL || left < *wait)) {
            *nearest = provider;
            *wait = left;
        }
    }
    return best;
}

void sweep_queue_push_locked(struct sweep_queue *queue, struct sweep_provider *provider,
                             struct queue_entry *entry, struct record **record)
{
    if (queue->records < SWEEP_RECORDS) {
        entry->record = *record;
        entry->read_at = budget_clock();
        *record = NULL;
        queue->records++;
    }
    queue_push(&provider->queue, entry);
    queue->open++;
}

void sweep_queue_release_locked(struct sweep_queue *queue, const struct queue_entry *entry)
{
    if (entry->record != NULL && --queue->records == SWEEP_RECORDS / 2)
        pthread_cond_signal(&queue->room);
}

void sweep_queue_finish_locked(struct sweep_queue *queue, struct sweep_result *result,
                               struct queue_entry *entry)
{
    record_free(entry->record);
    entry->record = NULL;
    result->entry = entry;
    result->next = NULL;
    *queue->last = result;
    queue->last = &result->next;
    queue->result_count++;
}

void sweep_queue_refuse_locked(struct sweep_queue *queue, const struct sweep_provider *provider,
                               struct queue_entry *entry)
{
    struct sweep_result *result = result_new(provider->name, entry->was);

    error_repeat(provider->code, provider->reason != NULL ? provider->reason : "",
                 provider->hint != NULL ? provider->hint : "");
    if (result != NULL && result_fail(result, provider->code) == FOB_SUCCESS) {
        sweep_queue_finish_locked(queue, result, entry);
        return;
    }
    result_free(result);
    queue_entry_free(entry);
    queue->failed = FOB_NOMEM;
}

void sweep_queue_drain_locked(struct sweep_queue *queue, struct sweep_provider *provider)
{
    while (provider->queue.first != NULL && (queue->closed || provider->code != FOB_SUCCESS)) {
        struct queue_entry *entry = queue_take(&provider->queue);

        provider->queue.in_flight--;
        queue->open--;
        sweep_queue_release_locked(queue, entry);
        if (queue->closed)
            queue_entry_free(entry);
        else
            sweep_queue_refuse_locked(queue, provider, entry);
    }
}

void sweep_queue_close_locked(struct sweep_queue *queue)
{
    queue->closed = true;
    for (size_t i = 0; i < queue->provider_count; i++)
        sweep_queue_drain_locked(queue, queue->providers[i]);
    pthread_cond_broadcast(&queue->work);
}
