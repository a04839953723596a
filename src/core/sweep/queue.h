/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A provider's queue: the accounts of a sweep that are there, and when the next of them may be
 * asked about.  Rules only: no I/O, no clock, no lock.
 *
 * The window, how many attempts may be in flight, begins with one, grows by one for each that is
 * answered, and is halved by each that is not.  Beyond QUEUE_WINDOW it grows only after a run of
 * slow answers: where answers come at once, more threads only wait for each other.
 *
 * The circuit breaker opens for a provider that does not answer, so that nobody waits for it once
 * for each account.  A provider that asks for a pause gets it.  No provider is sent more bad
 * credentials in a short time than an honest client would send.
 */
#ifndef FOB_CORE_SWEEP_QUEUE_H
#define FOB_CORE_SWEEP_QUEUE_H

#include <fob/fob.h>

/* The most rejections within QUEUE_REJECTIONS_MS milliseconds: some providers block an address for
 * 50 in ten seconds. */
#define QUEUE_REJECTIONS 40
#define QUEUE_REJECTIONS_MS 10000
/* The window of a provider whose answers are quick, the nanoseconds that a slow one takes, and the
 * run of those.  (Before that, answers are slow since TLS connections are made.) */
#define QUEUE_WINDOW 8
#define QUEUE_SLOW_NS 1000000
#define QUEUE_SLOW_RUN 32
/* The failures without an answer on a credential between them that open the circuit. */
#define QUEUE_FAILURES 5
/* The longest pause that a provider gets, in seconds, and the most of them one after the other. */
#define QUEUE_PAUSE_MAX_S 60
#define QUEUE_PAUSES 3

struct record;

/* An account that waits for its turn. */
struct queue_entry {
    struct queue_entry *next;
    struct record *record; /* as it was at READ_AT, for the queue's owner; or NULL */
    int64_t read_at;
    int was; /* enum fob_status; -1 when the account could not be read */
    char account[FOB_NAME_MAX + 1];
};

struct queue {
    struct queue_entry *first;
    struct queue_entry **last;
    uint64_t length;
    unsigned in_flight;
    unsigned window;     /* of IN_FLIGHT: the most for now … */
    unsigned window_max; /* … and ever */
    unsigned slow;       /* answers in a row */
    bool heard;          /* there was an answer on a credential */
    unsigned failures;
    unsigned pauses;
    int64_t not_before; /* milliseconds, as all times here */
    int64_t rejections[QUEUE_REJECTIONS];
    size_t rejection_count;
    int circuit; /* FOB_SUCCESS while it is closed; else why it is open, and the rest not asked
                    about */
};

/* How an attempt went. */
struct outcome {
    int code;
    bool answered;       /* the provider did, whatever it said */
    int64_t retry_after; /* seconds that it asked for, or 0 */
    int64_t took;        /* nanoseconds */
};

/* A new entry for ACCOUNT, with the status WAS; NULL when out of memory. */
struct queue_entry *queue_entry_new(const char *account, int was);
void queue_entry_free(struct queue_entry *entry);

void queue_init(struct queue *queue, unsigned window_max);
/* Put ENTRY at the end. */
void queue_push(struct queue *queue, struct queue_entry *entry);
/* Whether an attempt may begin but for the time, and then when: WAIT gets milliseconds, 0 for now.
 */
bool queue_is_ready(const struct queue *queue, int64_t now, int64_t *wait);
/* Begin an attempt: the first entry is the caller's. */
struct queue_entry *queue_take(struct queue *queue);
/* Undo that: ENTRY is the first again, and none is begun for WAIT milliseconds. */
void queue_put_back(struct queue *queue, struct queue_entry *entry, int64_t now, int64_t wait);
/* End an attempt.  True when ENTRY is to be asked about again, later: it is the first again, and
 * not to be told of. */
bool queue_settle(struct queue *queue, struct queue_entry *entry, const struct outcome *outcome,
                  int64_t now);

#endif
