/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a sweep: sweep_list.c finds the accounts, sweep_work.c has the threads in which
 * sweep_ask.c asks about them, sweep_keep.c keeps what was learnt and tells of it, and sweep.c
 * holds them together.
 */
#ifndef FOB_CORE_SWEEP_H
#define FOB_CORE_SWEEP_H

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>

#include "core/change.h"
#include "core/handle.h"
#include "core/lane.h"
#include "util/error.h"

/* After so few accounts the confirmations are tidied only once in SWEEP_TIDY times. */
#define SWEEP_FEW 4
#define SWEEP_TIDY 64
/* So many records are kept until they are asked about; to read one again costs more than to find
 * it. */
#define SWEEP_RECORDS 1024
/* The most calls at a time, each in a thread that waits for the answer. */
#define MOST_JOBS 64
/* So many findings are kept together when they come fast. */
#define SWEEP_BATCH 256
/* No more are found while so many wait to be kept. */
#define SWEEP_BACKLOG (4 * (size_t)SWEEP_BATCH)
/* Milliseconds between two ticks. */
#define SWEEP_TICK 100

/* What asking about one account came to. */
struct finding {
    struct finding *next;
    char account[FOB_NAME_MAX + 1];
    char provider[FOB_NAME_MAX + 1]; /* "" when the account could not be read */
    int was;                         /* -1 then, as the next */
    int status;
    int code;
    int64_t asked; /* when, in seconds since 1970 */
    bool verdict;  /* which is to be kept */
    bool gone;     /* the account was revoked or suspended meanwhile */
    char *reason;  /* NULL for "", as all texts here */
    char *hint;
    int untold;            /* that on_change is to hear of, as record_untold() */
    struct record *stored; /* as it was when it was asked about; NULL when it was not */
    char *remote_id;
    char *remote_name;
};

/* A provider's part of a sweep. */
struct part {
    char provider[FOB_NAME_MAX + 1];
    struct fob_handle *model; /* what all handles of this provider share; NULL: see CODE */
    int code; /* why nobody there can be asked about, or not any more; or FOB_SUCCESS */
    char *reason;
    char *hint;
    int64_t per_minute; /* its budget, or 0 */
    struct lane lane;
};

struct sweep {
    struct fob_context *context;
    const struct fob_sweep *plan;
    struct store *store;
    struct confirmed *confirmed;
    char **names; /* of all accounts; NULL when the plan has some */
    size_t name_count;
    size_t read;              /* so many of them */
    uint64_t process;         /* that the sweep is of */
    pthread_t thread;         /* that called fob_sweep() … */
    jmp_buf leave;            /* … and how it comes back from it in a child of fork() */
    struct process_lock lock; /* guards all that follows, and the lanes */
    struct part **parts;
    size_t part_count;
    unsigned most;       /* calls at a time */
    unsigned ceiling;    /* of MOST: the limit of descriptors allows no more */
    unsigned running;    /* calls */
    bool listing;        /* there may be more accounts */
    size_t records;      /* that are kept with the jobs */
    pthread_cond_t room; /* there is room for more of them */
    bool slow;           /* it does not come soon */
    pthread_cond_t news; /* something is finished */
    size_t turn;         /* whose lane is looked at first */
    uint64_t all;
    uint64_t open;            /* accounts that are not finished */
    struct finding *finished; /* those to be kept and told */
    struct finding **finished_last;
    size_t finished_count;
    bool alone;          /* the sweep's own thread asks: somebody waits for the one account */
    pthread_cond_t work; /* something can be begun, or all is over */
    unsigned idle;       /* threads that wait for that … */
    int64_t rest_until;  /* … of which one looks again then; 0 for none */
    pthread_t threads[MOST_JOBS];
    unsigned thread_count;
    int64_t attended;  /* when what is finished was kept last */
    int64_t looked;    /* when sweep_look() asked last */
    uint64_t done;     /* accounts that were told of */
    uint64_t asked;    /* of these, those that the provider was asked about … */
    uint64_t changed;  /* … and those that have another status since */
    int64_t change_ms; /* that are left for on_change */
    int failed;        /* why one could not be told of */
    int result;        /* why all is to be over */
    struct kept_error error;
    bool closing;            /* no further call is begun */
    _Atomic(int64_t) end;    /* see struct fob_handle */
    pthread_mutex_t talking; /* one thread at a time asks and tells */
};

/* Take the lock.  To be called, as sweep_leave_child(), when something foreign has run. */
void sweep_lock(struct sweep *sweep);
/*
 * Leave the sweep if a plugin or the application has forked, and this is the child.  The other
 * threads do not exist here, and everything stays as it is: fob_sweep() returns, or the process
 * ends, if this thread is the sweep's own, which has nowhere to return to.
 */
void sweep_leave_child(struct sweep *sweep);
/* Count the accounts that there are to be looked at. */
int sweep_count(struct sweep *sweep);
/* Find those that are meant, and put them into the lanes; what can not be read is finished. */
int sweep_list(struct sweep *sweep);
void sweep_free_list(struct sweep *sweep);
/* Tell on_change of CHANGE, whose account, statuses and reason are set. */
void sweep_tell_change(struct sweep *sweep, struct change *change);

/* With the lock held: finish an account of PART, which has a CODE, without asking. */
int sweep_fail(struct sweep *sweep, const struct part *part, const char *name, int status);
/* With the lock held: when more could be begun, wake a thread or make one, which looks, too. */
void sweep_call_help(struct sweep *sweep);
/* With the lock held: let all threads look whether they are needed. */
void sweep_wake_all(struct sweep *sweep);
/* With the lock held, which is given up meanwhile: ask about an account that there is no thread
 * for, since none was wanted, or none is to be had.  False when there is none for WAIT
 * milliseconds. */
bool sweep_help(struct sweep *sweep, int64_t *wait);
/* With the lock held: whose turn it is soonest, and in how many milliseconds; NULL for nobody's. */
const struct part *sweep_nearest(const struct sweep *sweep, int64_t *wait);
/* With the lock held: nobody is asked about what waits in PART when all is to be over, or when its
 * provider was given up. */
void sweep_settle(struct sweep *sweep, struct part *part);
/* With the lock held: wait at most MS milliseconds. */
void sweep_wait(struct sweep *sweep, pthread_cond_t *cond, int64_t ms);
/* While the sweep's own thread is busy otherwise: see whether all is to be over. */
void sweep_look(void *sweep);
/* Keep and tell what is finished.  Returns FOB_SUCCESS, or why all is to be over. */
int sweep_attend(struct sweep *sweep);
/* With the lock held, which is given up meanwhile: wait until there is room for another record, if
 * that is soon. */
void sweep_await_room(struct sweep *sweep);

/* Whose turn it is, and what it is to be asked about. */
struct task {
    struct part *part;
    struct lane_job *job;
    bool look; /* while it is asked about, whether all is to be over: this is the sweep's own thread
                */
};
/* What is being asked. */
struct asking {
    struct task task;
    struct fob_handle *handle;
    struct finding *finding; /* NULL when out of memory */
    struct lane_outcome outcome;
};
/* Ask about the account of the asking's task, without the lock. */
void sweep_ask(struct sweep *sweep, struct asking *asking);
/* Do not ask, for the reason that fob_error() tells. */
void sweep_do_not_ask(struct asking *asking, int code);

/* A new finding about ACCOUNT; NULL when out of memory. */
struct finding *finding_new(const char *account, const char *provider, int status);
/* It ended with CODE, for the reason that fob_error() tells. */
int finding_fail(struct finding *finding, int code);
void finding_free(struct finding *finding);
/* With the lock held, or before there are threads. */
void sweep_finish(struct sweep *sweep, struct finding *finding);

/* Keep a chain of findings together, log them and tell of them; frees them.  Returns FOB_SUCCESS,
 * or why no more can be kept. */
int sweep_keep(struct sweep *sweep, struct finding *findings, size_t count);

#endif
