/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a sweep.
 *
 * list.c finds the accounts, and pushes each to its provider's queue (queue.c).  Each of its
 * threads (thread.c) takes the next entry, or a batch of them if the provider is quick, and makes
 * an attempt (attempt.c): it asks the provider, and waits for the answers.  The sweep's own thread
 * (sweep.c) takes the results (result.c), and stores, logs and reports them (persist.c).
 *
 * The states of an account:
 *
 *                 +------ again: the budget has no room, the provider asked for a pause, or
 *                 |       the hook of another account of its batch failed
 *                 v                  |
 *     listed -> queued ---------> in flight ---------> finished -> stored, logged, reported
 *       |         |                  |                  ^  ^  ^
 *       |         |                  +-- stuck ---------+  |  |   its hook did not end in time
 *       |         +--- the provider's circuit is open -----+  |   not asked
 *       +------------- cannot be read ------------------------+
 *
 * When a sweep is ended early, queued entries are dropped, and counted as not asked about.
 */
#ifndef FOB_CORE_SWEEP_SWEEP_H
#define FOB_CORE_SWEEP_SWEEP_H

#include <stdatomic.h>

#include "core/account/change.h"
#include "core/hook/dispatch.h"
#include "core/sweep/sweep_queue.h"
#include "util/error.h"

/* The most attempts in flight, each in a thread of its own. */
#define SWEEP_JOBS 64
/* Milliseconds between two ticks. */
#define SWEEP_TICK_MS 100

/* What is known of one account of an attempt. */
struct sweep_question {
    struct queue_entry *entry;
    struct fob_handle *handle;
    bool asked;                  /* RESULT is set */
    struct sweep_result *result; /* NULL if out of memory */
    struct outcome outcome;
};

/* An attempt to ask about accounts of one provider. */
struct sweep_attempt {
    struct sweep_provider *provider; /* stays after the attempt: the thread's last one */
    struct sweep_question questions[DISPATCH_BATCH];
    size_t count;   /* 0 between attempts */
    bool abandoned; /* it is stuck; other results were made in its place */
    bool polls;     /* it runs in the sweep's own thread, which must go on to call tick */
};

struct sweep_thread {
    struct sweep *sweep;
    pthread_t id;
    struct sweep_attempt attempt;
};

struct sweep {
    struct fob_context *context;
    struct fob_sweep plan;
    struct fob_conversation conv; /* PLAN points to it */
    struct store *store;
    struct validated *validated;
    char **names; /* of all accounts; NULL if the plan names some */
    size_t name_count;
    unsigned ceiling;          /* the attempts in flight that the limit of descriptors allows */
    bool alone;                /* one account was named, and the calling thread asks about it */
    void (*poll)(void *sweep); /* calls tick, while the sweep's own thread is busy otherwise */

    pthread_mutex_t talking; /* held during a conversation: one at a time */
    bool hung_up;            /* guarded by TALKING: no conversation begins any more */
    _Atomic(int64_t) end;    /* see struct fob_handle */

    /* Guarded by the queue's lock, like the queue. */
    struct sweep_queue queue;
    struct sweep_thread threads[SWEEP_JOBS];
    unsigned thread_count;
    bool called;        /* a thread was called, and has not run yet */
    unsigned idle;      /* threads that rest … */
    int64_t rest_until; /* … and when the first of them wakes; 0 if none does by itself */
    unsigned stuck;     /* threads whose attempt was abandoned */
    bool left;          /* fob_sweep() has returned: the last stuck thread frees the sweep */

    /* For the sweep's own thread alone. */
    size_t read;       /* the number of names that are listed */
    bool slow;         /* the listing does not wait for room for records */
    int64_t flushed;   /* when results were last stored */
    int64_t polled;    /* when sweep_poll() last called tick */
    uint64_t done;     /* accounts that were reported … */
    uint64_t asked;    /* … those of them that a provider was asked about … */
    uint64_t changed;  /* … and those whose status has changed */
    int64_t change_ms; /* the time left for on_change */
    int code;          /* why the sweep is ended early; or FOB_SUCCESS */
    struct saved_error error;
};

/* Find the names of the accounts. */
int list_names(struct sweep *sweep);
/* Read account NAME, and push it to its provider's queue if the plan chooses it. */
int list_add(struct sweep *sweep, const char *name);

/* If an attempt may begin, wake a thread for it, or make one. */
void thread_call_locked(struct sweep *sweep);
/* Make one attempt in the calling thread if the sweep has none.  Returns false, and sets WAIT, if
 * no attempt may begin. */
bool thread_stand_in_locked(struct sweep *sweep, int64_t *wait);
/* Abandon the threads whose hook is still running: their accounts are finished as stuck. */
void thread_abandon_locked(struct sweep *sweep);
/* Wait until all threads have ended that were not abandoned. */
void thread_join(struct sweep *sweep);
/* Free SWEEP, or leave that to the last thread that was abandoned. */
void thread_leave(struct sweep *sweep);

/* Ask the provider about the accounts, without the lock.  The first is asked about; of the others
 * those before the first that fails. */
void attempt_make(struct sweep *sweep, struct sweep_attempt *attempt);
/* End the attempt, which is for one account, unasked, with CODE; fob_error() says why. */
void attempt_refuse(struct sweep_attempt *attempt, int code);

/* Store a chain of COUNT results together, log, report and free them.  Returns FOB_SUCCESS, or why
 * the sweep must end. */
int persist_results(struct sweep *sweep, struct sweep_result *results, size_t count);
/* Report CHANGE, whose account, statuses and reason are set, to on_change. */
void persist_report_change(struct sweep *sweep, struct change *change);

#endif
