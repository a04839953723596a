/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the threads of a sweep share: the providers' queues, and the results to be stored.
 *
 * The lock guards everything from PROVIDERS on.  Functions whose names end with _locked are called
 * with the lock held.
 */
#ifndef FOB_CORE_SWEEP_SWEEP_QUEUE_H
#define FOB_CORE_SWEEP_SWEEP_QUEUE_H

#include <pthread.h>
#include <setjmp.h>

#include "core/session/handle.h"
#include "core/sweep/queue.h"
#include "core/sweep/result.h"
#include "util/process.h"

/* The most records that are kept with their entries, so that they need not be read again. */
#define SWEEP_RECORDS 256
/* The number of results that are stored in one write when they come fast. */
#define SWEEP_WRITE 256
/* The number of results at which no further attempt begins. */
#define SWEEP_BACKLOG (4 * (size_t)SWEEP_WRITE)

/* A provider and its queue. */
struct sweep_provider {
    char name[FOB_NAME_MAX + 1];
    struct fob_handle *model; /* prepared once for all handles; NULL if CODE says why */
    int64_t per_minute;       /* the budget, or 0 */
    struct queue queue;
    int code; /* why its accounts are not asked about; or FOB_SUCCESS */
    char *reason;
    char *hint;
};

struct sweep_queue {
    uint64_t process; /* the sweep's */
    pthread_t thread; /* the one that called fob_sweep() … */
    jmp_buf leave;    /* … and its way out in a child of fork() */
    struct process_lock lock;
    struct sweep_provider **providers;
    size_t provider_count;
    size_t turn;            /* the provider to look at first */
    unsigned in_flight;     /* attempts … */
    unsigned in_flight_max; /* … and their limit */
    uint64_t all;           /* accounts listed so far */
    uint64_t open;          /* accounts without a result */
    bool listing;           /* more accounts may follow */
    bool closed;            /* no further attempt begins */
    size_t records;         /* kept with their entries */
    struct sweep_result *results;
    struct sweep_result **last;
    size_t result_count;
    int failed;                   /* why an account has no result; or FOB_SUCCESS */
    pthread_cond_t work;          /* for threads: an attempt may begin, or the sweep ends */
    pthread_cond_t room;          /* for the listing: there is room for another record */
    pthread_cond_t results_ready; /* for the sweep's own thread: there are results */
};

int sweep_queue_init(struct sweep_queue *queue);
void sweep_queue_clear(struct sweep_queue *queue);
/* Call this, or sweep_queue_leave_child(), after a plugin or the application has run. */
void sweep_queue_lock(struct sweep_queue *queue);
void sweep_queue_unlock(struct sweep_queue *queue);
/*
 * Leave the sweep if a plugin or the application has forked and this is the child, where the other
 * threads do not exist.  fob_sweep() returns without cleaning up; a thread that the
 * sweep has made has nowhere to return to, so the process ends.
 */
void sweep_queue_leave_child(struct sweep_queue *queue);
/* Takes PROVIDER over, also on failure.  Returns FOB_SUCCESS, FOB_NOMEM. */
int sweep_queue_add_locked(struct sweep_queue *queue, struct sweep_provider *provider);
/* Wait at most MS milliseconds. */
void sweep_queue_wait_locked(struct sweep_queue *queue, pthread_cond_t *cond, int64_t ms);

/*
 * Pick the provider to ask next: of the ready ones, the one with the fewest in flight, so that
 * a slow provider does not occupy all threads.  Among equals LAST is preferred, since the thread
 * has a connection to it; then each has its turn.  Returns NULL if none is ready: NEAREST is then
 * the provider that will be ready first, in WAIT milliseconds, or NULL.
 */
struct sweep_provider *sweep_queue_pick_locked(const struct sweep_queue *queue,
                                               const struct sweep_provider *last,
                                               struct sweep_provider **nearest, int64_t *wait);
/* Push ENTRY to PROVIDER's queue.  If there is room for *RECORD, keeps it with ENTRY, and sets
 * *RECORD to NULL. */
void sweep_queue_push_locked(struct sweep_queue *queue, struct sweep_provider *provider,
                             struct queue_entry *entry, struct record **record);
/* ENTRY leaves its queue: its record, if any, no longer counts. */
void sweep_queue_release_locked(struct sweep_queue *queue, const struct queue_entry *entry);
/* Queue RESULT, which is ENTRY's.  Takes both over. */
void sweep_queue_finish_locked(struct sweep_queue *queue, struct sweep_result *result,
                               struct queue_entry *entry);
/* Finish ENTRY unasked, for PROVIDER's reason. */
void sweep_queue_refuse_locked(struct sweep_queue *queue, const struct sweep_provider *provider,
                               struct queue_entry *entry);
/* Empty PROVIDER's queue when its circuit is open, or the sweep is closed. */
void sweep_queue_drain_locked(struct sweep_queue *queue, struct sweep_provider *provider);
/* Begin no further attempt. */
void sweep_queue_close_locked(struct sweep_queue *queue);

#endif
