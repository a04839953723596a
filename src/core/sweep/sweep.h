/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a sweep.
 *
 * list.c finds the accounts, and puts each into the queue of its provider (queue.c).  Workers
 * (worker.c), one for each call at a time, take the entry whose turn it is and make an attempt
 * (attempt.c): they ask the provider, and wait for the answer.  What came of it is a result
 * (result.c), which the sweep's own thread (sweep.c) stores, logs and tells of (persist.c).
 *
 * The states of an account:
 *
 *                 +------ again: no room in the budget, or a pause was asked for
 *                 v                  |
 *     listed -> queued ---------> in flight ---------> finished -> stored, logged, told
 *       |         |                  |                  ^  ^  ^
 *       |         |                  +-- stuck ---------+  |  |   its hook did not end in time
 *       |         +--- the provider's circuit is open -----+  |   not asked
 *       +------------- cannot be read ------------------------+
 *
 * When a sweep is ended early, what is queued is dropped, and counted as not asked.
 */
#ifndef FOB_CORE_SWEEP_SWEEP_H
#define FOB_CORE_SWEEP_SWEEP_H

#include <stdatomic.h>

#include "core/account/change.h"
#include "core/sweep/sweep_queue.h"
#include "util/error.h"

/* The most attempts at a time, each in a thread that waits for the answer. */
#define SWEEP_JOBS 64
/* Milliseconds between two ticks. */
#define SWEEP_TICK_MS 100

/* Asking about one account. */
struct sweep_attempt {
    struct sweep_provider *provider; /* also of the last one, while there is no entry */
    struct queue_entry *entry;       /* NULL while there is none */
    struct fob_handle *handle;
    struct sweep_result *result; /* NULL when out of memory */
    struct outcome outcome;
    bool abandoned; /* it is stuck, and the sweep has its result */
    bool looks; /* its thread is the sweep's own, which looks meanwhile whether all is to be over */
};

struct sweep_worker {
    struct sweep *sweep;
    pthread_t thread;
    struct sweep_attempt attempt;
};

struct sweep {
    struct fob_context *context;
    struct fob_sweep plan;
    struct fob_conversation conv; /* which PLAN points to */
    struct store *store;
    struct confirmed *confirmed;
    char **names; /* of all accounts; NULL when the plan has some */
    size_t name_count;
    unsigned ceiling;          /* of attempts at a time: the limit of descriptors allows no more */
    bool alone;                /* the calling thread asks about the one account that was named */
    void (*look)(void *sweep); /* for its own thread, while that is busy otherwise: see whether all
                                  is to be over */

    pthread_mutex_t talking; /* one thread at a time asks and tells */
    bool hung_up;            /* guarded by it: nobody is there any more to be asked */
    _Atomic(int64_t) end;    /* see struct fob_handle */

    /* Guarded by the queue's lock, as the queue is. */
    struct sweep_queue queue;
    struct sweep_worker workers[SWEEP_JOBS];
    unsigned worker_count;
    bool called;        /* a worker was, and has not looked yet */
    unsigned idle;      /* workers that rest … */
    int64_t rest_until; /* … of which one looks again then; 0 for none */
    unsigned stuck;     /* workers whose attempt was abandoned */
    bool left;          /* by its own thread: the last of them frees it */

    /* Of the sweep's own thread alone. */
    size_t read;       /* of the names */
    bool slow;         /* room for another record does not come soon */
    int64_t flushed;   /* when the results were stored last */
    int64_t looked;    /* when sweep_look() asked last */
    uint64_t done;     /* accounts that were told of */
    uint64_t asked;    /* of these, those that the provider was asked about … */
    uint64_t changed;  /* … and those that have another status since */
    int64_t change_ms; /* that are left for on_change */
    int code;          /* why all is to be over */
    struct saved_error error;
};

/* Find the names of the accounts that there are to be looked at. */
int list_names(struct sweep *sweep);
/* Read account NAME, and put it into a queue if it is meant. */
int list_add(struct sweep *sweep, const char *name);

/* When an attempt may begin, wake a worker or make one, which takes it. */
void worker_call_locked(struct sweep *sweep);
/* Make one attempt in the calling thread where there is no worker.  Returns false, and sets WAIT,
 * if none may begin. */
bool worker_stand_in_locked(struct sweep *sweep, int64_t *wait);
/* Give those up that are still at work: what they ask about is finished, and told as stuck. */
void worker_abandon_locked(struct sweep *sweep);
/* Wait for the end of all others. */
void worker_join(struct sweep *sweep);
/* Free SWEEP, or leave that to the last worker that is stuck. */
void worker_leave(struct sweep *sweep);

/* Ask about the account of the attempt's entry, without the lock. */
void attempt_make(struct sweep *sweep, struct sweep_attempt *attempt);
/* Do not, for the reason that fob_error() tells. */
void attempt_refuse(struct sweep_attempt *attempt, int code);

/* Store a chain of COUNT results together, log them and tell of them; frees them.  Returns
 * FOB_SUCCESS, or why no more can be stored. */
int persist_results(struct sweep *sweep, struct sweep_result *results, size_t count);
/* Tell on_change of CHANGE, whose account, statuses and reason are set. */
void persist_tell_change(struct sweep *sweep, struct change *change);

#endif
