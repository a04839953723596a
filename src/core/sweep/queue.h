/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A provider's queue: the accounts that a sweep has still to ask about, and when the next attempt
 * may begin.  Rules only: no I/O, no clock, no lock.
 *
 * The window limits the attempts in flight.  It begins with one, grows by one with each answer, and
 * is halved by each failure.  Beyond QUEUE_WINDOW it grows only after a run of slow answers: if
 * answers are quick, more threads only wait for each other.
 *
 * The circuit breaker opens for a provider that does not answer, so that nobody waits for it once
 * for each account.  A provider that asks for a pause gets it.  No provider is sent more bad
 * credentials in a short time than an honest client would send.
 */
#ifndef FOB_CORE_SWEEP_QUEUE_H
#define FOB_CORE_SWEEP_QUEUE_H

#include <fob/fob.h>

/* The most rejections within QUEUE_REJECTIONS_MS milliseconds: some providers block an address
 * after 50 in ten seconds. */
#define QUEUE_REJECTIONS 40
#define QUEUE_REJECTIONS_MS 10000
/* The largest window for quick answers; the time of a slow answer, in nanoseconds; and the slow
 * answers in a row before the window grows further: the first ones wait for TLS handshakes. */
#define QUEUE_WINDOW 8
#define QUEUE_SLOW_NS 4000000
#define QUEUE_SLOW_RUN 32
/* The failures in a row that open the circuit. */
#define QUEUE_FAILURES 5
/* The longest pause that a queue makes, in seconds, and the most pauses in a row. */
#define QUEUE_PAUSE_MAX_S 60
#define QUEUE_PAUSES 3

struct record;

/* An account that is queued. */
struct queue_entry {
    struct queue_entry *next;
    struct record *record; /* as read at READ_AT, for the queue's owner; or NULL */
    int64_t read_at;
    int was;    /* enum fob_status; -1 if the account could not be read */
    bool alone; /* asked about in an attempt of its own */
    char account[FOB_NAME_MAX + 1];
};

struct queue {
    struct queue_entry *first;
    struct queue_entry **last;
    uint64_t length;
    unsigned in_flight;  /* attempts */
    unsigned window;     /* the limit of IN_FLIGHT … */
    unsigned window_max; /* … and the limit of WINDOW */
    unsigned slow;       /* slow answers in a row */
    bool heard;          /* the provider has judged a credential */
    unsigned failures;
    unsigned pauses;
    int64_t not_before; /* in milliseconds, like all times here */
    int64_t rejections[QUEUE_REJECTIONS];
    size_t rejection_count;
    int circuit; /* FOB_SUCCESS while the circuit is closed; else why it is open */
};

/* The outcome of an attempt. */
struct outcome {
    int code;
    bool answered;       /* the provider sent any answer */
    int64_t retry_after; /* the pause that it asked for, in seconds; or 0 */
    int64_t took;        /* in nanoseconds */
};

/* A new entry for ACCOUNT with the status WAS; NULL if out of memory. */
struct queue_entry *queue_entry_new(const char *account, int was);
void queue_entry_free(struct queue_entry *entry);

void queue_init(struct queue *queue, unsigned window_max);
/* Put ENTRY at the end. */
void queue_push(struct queue *queue, struct queue_entry *entry);
/* Whether an attempt may begin now, or after WAIT milliseconds. */
bool queue_is_ready(const struct queue *queue, int64_t now, int64_t *wait);
/* Begin an attempt: takes the first entry out, for the caller. */
struct queue_entry *queue_take(struct queue *queue);
/* Take one more entry out for an attempt that begins with FIRST, and has COUNT; NULL if there is
 * none, or the provider is not known to be quick. */
struct queue_entry *queue_take_along(struct queue *queue, const struct queue_entry *first,
                                     size_t count);
/* ENTRY, which was not asked about, is the first again; no attempt begins for WAIT milliseconds. */
void queue_put_back(struct queue *queue, struct queue_entry *entry, int64_t now, int64_t wait);
/* End an attempt; each of its entries is put back or settled. */
void queue_end(struct queue *queue);
/* Settle an entry of an attempt.  Returns true if ENTRY is queued again, as the first: it has no
 * result. */
bool queue_settle(struct queue *queue, struct queue_entry *entry, const struct outcome *outcome,
                  int64_t now);

#endif
