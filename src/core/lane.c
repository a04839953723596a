/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* When a provider may be asked next. */
#include "config.h"

#include "core/lane.h"

#include "core/status.h"

void lane_init(struct lane *lane, unsigned most)
{
    *lane = (struct lane){ .limit = 1, .most = most };
    lane->last = &lane->first;
}

void lane_add(struct lane *lane, struct lane_job *job)
{
    job->next = NULL;
    *lane->last = job;
    lane->last = &job->next;
    lane->waiting++;
}

/* When there is room for another "no" besides those that run. */
static int64_t room_for_no(const struct lane *lane)
{
    size_t back = LANE_NOS - (lane->running < LANE_NOS ? lane->running : LANE_NOS - 1);
    int64_t when;

    if (lane->no_count < back)
        return 0;
    when = lane->nos[(lane->no_count - back) % LANE_NOS];
    return when + LANE_NOS_TIME;
}

bool lane_ready(const struct lane *lane, int64_t now, int64_t *wait)
{
    int64_t when = room_for_no(lane);

    if (lane->first == NULL || lane->running >= lane->limit)
        return false;
    if (lane->not_before > when)
        when = lane->not_before;
    *wait = when > now ? when - now : 0;
    return true;
}

struct lane_job *lane_begin(struct lane *lane)
{
    struct lane_job *job = lane->first;

    lane->first = job->next;
    if (lane->first == NULL)
        lane->last = &lane->first;
    lane->waiting--;
    lane->running++;
    return job;
}

static void put_first(struct lane *lane, struct lane_job *job)
{
    job->next = lane->first;
    if (lane->first == NULL)
        lane->last = &job->next;
    lane->first = job;
    lane->waiting++;
}

void lane_put_back(struct lane *lane, struct lane_job *job, int64_t now, int64_t wait)
{
    put_first(lane, job);
    lane->running--;
    if (now + wait > lane->not_before)
        lane->not_before = now + wait;
}

static void note_verdict(struct lane *lane, int code, int64_t now)
{
    lane->heard = true;
    lane->failures = 0;
    lane->pauses = 0;
    if (lane->limit < lane->most)
        lane->limit++;
    if (code == FOB_REJECTED)
        lane->nos[lane->no_count++ % LANE_NOS] = now;
}

static void give_up(struct lane *lane, int code)
{
    if (lane->given_up == FOB_SUCCESS)
        lane->given_up = code;
}

/* A pause that the provider asked for.  True when it gets it. */
static bool take_pause(struct lane *lane, const struct lane_outcome *outcome, int64_t now)
{
    int64_t until = now + outcome->retry_after * 1000;

    if (outcome->retry_after > LANE_PAUSE_MAX) {
        give_up(lane, outcome->code);
        return false;
    }
    /* Those that ran at the same time have heard of the same pause. */
    if (now >= lane->not_before)
        lane->pauses++;
    if (lane->pauses > LANE_PAUSES) {
        give_up(lane, outcome->code);
        return false;
    }
    if (until > lane->not_before)
        lane->not_before = until;
    return true;
}

static void note_failure(struct lane *lane, const struct lane_outcome *outcome)
{
    lane->failures++;
    lane->limit = lane->limit > 1 ? lane->limit / 2 : 1;
    if ((!lane->heard && !outcome->answered) || lane->failures >= LANE_FAILURES)
        give_up(lane, outcome->code);
}

bool lane_end(struct lane *lane, struct lane_job *job, const struct lane_outcome *outcome,
              int64_t now)
{
    lane->running--;
    if (status_is_verdict(outcome->code)) {
        note_verdict(lane, outcome->code, now);
        return false;
    }
    switch (outcome->code) {
    case FOB_RATE_LIMITED:
    case FOB_UNAVAILABLE:
    case FOB_UNTRUSTED:
    case FOB_PROTOCOL:
        break;
    default:
        /* Something here, which says nothing of the provider. */
        return false;
    }
    if (outcome->retry_after == 0) {
        note_failure(lane, outcome);
        return false;
    }
    lane->limit = 1;
    if (!take_pause(lane, outcome, now))
        return false;
    put_first(lane, job);
    return true;
}
