/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Lanes: the accounts of a sweep that are at one provider, and when the next of them may be asked
 * about.  Rules only: no I/O, no clock, no lock.
 *
 * A lane begins with one call, and gets another at a time for each one that is answered.  A
 * provider that does not answer is given up, so that nobody waits for it once an account; one that
 * asks for a pause gets it; and none is sent so many bad credentials in so short a time that it
 * would take this machine for an attacker.
 */
#ifndef FOB_CORE_LANE_H
#define FOB_CORE_LANE_H

#include <fob/fob.h>

/* No more "no"s in so many milliseconds: some providers block an address for 50 in ten seconds. */
#define LANE_NOS 40
#define LANE_NOS_TIME 10000
/* After so many failures without an answer on a credential between them, a provider is given up. */
#define LANE_FAILURES 5
/* The longest pause that a provider gets, in seconds, and how many one after the other. */
#define LANE_PAUSE_MAX 60
#define LANE_PAUSES 3

struct record;

/* An account that waits for its turn. */
struct lane_job {
    struct lane_job *next;
    struct record *record; /* as it was at READ_AT, for who owns the lane; or NULL */
    int64_t read_at;
    enum fob_status was;
    char account[FOB_NAME_MAX + 1];
};

struct lane {
    struct lane_job *first; /* those that wait */
    struct lane_job **last;
    uint64_t waiting;
    unsigned running;
    unsigned limit; /* so many may run now … */
    unsigned most;  /* … and at most */
    bool heard;     /* there was an answer on a credential */
    unsigned failures;
    unsigned pauses;
    int64_t not_before; /* milliseconds, as all times here */
    int64_t nos[LANE_NOS];
    size_t no_count;
    int given_up; /* FOB_SUCCESS, or why the rest is not asked about */
};

/* How asking about one account went. */
struct lane_outcome {
    int code;
    bool answered;       /* the provider did, whatever */
    int64_t retry_after; /* seconds that it asked for, or 0 */
};

void lane_init(struct lane *lane, unsigned most);
/* Put JOB at the end. */
void lane_add(struct lane *lane, struct lane_job *job);
/* Whether a call could be begun but for the time, and then when: WAIT gets milliseconds, 0 for now.
 */
bool lane_ready(const struct lane *lane, int64_t now, int64_t *wait);
/* Begin: the first job is the caller's. */
struct lane_job *lane_begin(struct lane *lane);
/* Undo that: JOB is the first again, and none is begun for WAIT milliseconds. */
void lane_put_back(struct lane *lane, struct lane_job *job, int64_t now, int64_t wait);
/* End.  True when the same account is to be asked about again, later: it is back in the lane then,
 * and not to be told of. */
bool lane_end(struct lane *lane, struct lane_job *job, const struct lane_outcome *outcome,
              int64_t now);

#endif
