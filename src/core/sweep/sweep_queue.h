/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the threads of a sweep share: the providers' queues, and the results that are to be stored.
 *
 * The lock guards all of it but how a child leaves.  Functions that end with _locked are called
 * with it held.
 */
#ifndef FOB_CORE_SWEEP_SWEEP_QUEUE_H
#define FOB_CORE_SWEEP_SWEEP_QUEUE_H

#include <pthread.h>
#include <setjmp.h>

#include "core/session/handle.h"
#include "core/sweep/queue.h"
#include "core/sweep/result.h"
#include "util/process.h"

/* The most records that wait with their entries; to read one again costs more than to find it. */
#define SWEEP_RECORDS 1024
/* The most results that are stored together when they come fast. */
#define SWEEP_BATCH 256
/* The number of results at which no further attempt begins. */
#define SWEEP_BACKLOG (4 * (size_t)SWEEP_BATCH)

/* A provider, and the accounts that wait there. */
struct sweep_provider {
    char name[FOB_NAME_MAX + 1];
    struct fob_handle *model; /* what all handles of this provider share; NULL: see CODE */
    int64_t per_minute;       /* its budget, or 0 */
    struct queue queue;
    int code; /* why nobody there can be asked about, or not any more; or FOB_SUCCESS */
    char *reason;
    char *hint;
};

struct sweep_queue {
    uint64_t process; /* that the sweep is of */
    pthread_t thread; /* that called fob_sweep() … */
    jmp_buf leave;    /* … and how it comes back from it in a child of fork() */
    struct process_lock lock;
    struct sweep_provider **providers;
    size_t provider_count;
    size_t turn;        /* the provider that is looked at first */
    unsigned in_flight; /* attempts … */
    unsigned most;      /* … and the most of them */
    uint64_t all;       /* accounts, as far as they are listed */
    uint64_t open;      /* those of them without a result */
    bool listing;       /* there may be more of them */
    bool closed;        /* no further attempt begins */
    size_t records;     /* that wait with their entries */
    struct sweep_result *results;
    struct sweep_result **last;
    size_t result_count;
    int failed;          /* why an account has no result; or FOB_SUCCESS */
    pthread_cond_t work; /* for workers: an attempt may begin, or all is over */
    pthread_cond_t room; /* for the listing: there is room for another record */
    pthread_cond_t news; /* for the sweep's own thread: there are results, or all is over */
};

int sweep_queue_init(struct sweep_queue *queue);
void sweep_queue_clear(struct sweep_queue *queue);
/* To be called, as sweep_queue_leave_child(), when something foreign has run. */
void sweep_queue_lock(struct sweep_queue *queue);
void sweep_queue_unlock(struct sweep_queue *queue);
/*
 * Leave the sweep if a plugin or the application has forked, and this is the child.  The other
 * threads do not exist here, and everything stays as it is: fob_sweep() returns, or the process
 * ends, if this thread is a worker, which has nowhere to return to.
 */
void sweep_queue_leave_child(struct sweep_queue *queue);
/* Take PROVIDER over, in each case.  Returns FOB_SUCCESS, FOB_NOMEM. */
int sweep_queue_add_locked(struct sweep_queue *queue, struct sweep_provider *provider);
/* Wait at most MS milliseconds. */
void sweep_queue_wait_locked(struct sweep_queue *queue, pthread_cond_t *cond, int64_t ms);

/*
 * The provider that is to be asked next: of those that are ready the one with the fewest attempts
 * in flight, so that a slow one does not get hold of all workers; of several, LAST, which the
 * worker has a connection to, or each in turn.  NULL when none is ready: NEAREST is then the one
 * that will be first, and WAIT how soon; or NULL.
 */
struct sweep_provider *sweep_queue_pick_locked(const struct sweep_queue *queue,
                                               const struct sweep_provider *last,
                                               struct sweep_provider **nearest, int64_t *wait);
/* Put ENTRY into PROVIDER's queue, with *RECORD where there is room for that, which is NULL then.
 */
void sweep_queue_push_locked(struct sweep_queue *queue, struct sweep_provider *provider,
                             struct queue_entry *entry, struct record **record);
/* The record of an entry, if it has one, does not wait any more. */
void sweep_queue_release_locked(struct sweep_queue *queue, const struct queue_entry *entry);
/* RESULT is that of ENTRY; both are taken over. */
void sweep_queue_finish_locked(struct sweep_queue *queue, struct sweep_result *result,
                               struct queue_entry *entry);
/* ENTRY is not asked about, for the reason that PROVIDER has. */
void sweep_queue_refuse_locked(struct sweep_queue *queue, const struct sweep_provider *provider,
                               struct queue_entry *entry);
/* Empty PROVIDER's queue when its circuit is open, or the sweep is closed. */
void sweep_queue_drain_locked(struct sweep_queue *queue, struct sweep_provider *provider);
/* Begin no further attempt. */
void sweep_queue_close_locked(struct sweep_queue *queue);

#endif
