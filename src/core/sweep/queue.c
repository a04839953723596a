/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The rules of a queue: window, pauses, circuit breaker. */
#include "config.h"

#include "core/sweep/queue.h"

#include "core/session/status.h"
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

struct queue_entry *queue_entry_new(const char *account, int was)
{
    struct queue_entry *entry = malloc(sizeof *entry);

    if (entry == NULL)
        return NULL;
    *entry = (struct queue_entry){ .was = was };
    strncpy(entry->account, account, FOB_NAME_MAX);
    return entry;
}

void queue_entry_free(struct queue_entry *entry)
{
    if (entry == NULL)
        return;
    record_free(entry->record);
    free(entry);
}

void queue_init(struct queue *queue, unsigned window_max)
{
    *queue = (struct queue){ .window = 1, .window_max = window_max };
    queue->last = &queue->first;
}

void queue_push(struct queue *queue, struct queue_entry *entry)
{
    entry->next = NULL;
    *queue->last = entry;
    queue->last = &entry->next;
    queue->length++;
}

/* The time when another attempt may be rejected, if all in flight are. */
static int64_t queue_room_for_rejection(const struct queue *queue)
{
    size_t back = 1;
    int64_t when;

    if (queue->in_flight < QUEUE_REJECTIONS)
        back = QUEUE_REJECTIONS - queue->in_flight;
    if (queue->rejection_count < back)
        return 0;
    when = queue->rejections[(queue->rejection_count - back) % QUEUE_REJECTIONS];
    return when + QUEUE_REJECTIONS_MS;
}

bool queue_is_ready(const struct queue *queue, int64_t now, int64_t *wait)
{
    int64_t when = queue_room_for_rejection(queue);

    if (queue->first == NULL || queue->in_flight >= queue->window)
        return false;
    if (queue->not_before > when)
        when = queue->not_before;
    *wait = when > now ? when - now : 0;
    return true;
}

struct queue_entry *queue_take(struct queue *queue)
{
    struct queue_entry *entry = queue->first;

    queue->first = entry->next;
    if (queue->first == NULL)
        queue->last = &queue->first;
    queue->length--;
    queue->in_flight++;
    return entry;
}

struct queue_entry *queue_take_along(struct queue *queue, const struct queue_entry *first,
                                     size_t count)
{
    const bool quick = queue->heard && queue->slow < QUEUE_WINDOW && queue->failures == 0;
    struct queue_entry *entry = queue->first;

    /* The last entries are for several attempts. */
    if (!quick || first->alone || entry == NULL || entry->alone ||
        queue->length < count * queue->window)
        return NULL;
    entry = queue_take(queue);
    queue->in_flight--;
    return entry;
}

void queue_end(struct queue *queue)
{
    queue->in_flight--;
}

static void queue_push_first(struct queue *queue, struct queue_entry *entry)
{
    entry->next = queue->first;
    if (queue->first == NULL)
        queue->last = &entry->next;
    queue->first = entry;
    queue->length++;
}

void queue_put_back(struct queue *queue, struct queue_entry *entry, int64_t now, int64_t wait)
{
    queue_push_first(queue, entry);
    if (now + wait > queue->not_before)
        queue->not_before = now + wait;
}

static void queue_note_verdict(struct queue *queue, const struct outcome *outcome, int64_t now)
{
    queue->heard = true;
    queue->failures = 0;
    queue->pauses = 0;
    queue->slow = outcome->took >= QUEUE_SLOW_NS ? queue->slow + 1 : 0;
    if (queue->window < queue->window_max &&
        (queue->window < QUEUE_WINDOW || queue->slow > QUEUE_SLOW_RUN))
        queue->window++;
    if (outcome->code == FOB_REJECTED)
        queue->rejections[queue->rejection_count++ % QUEUE_REJECTIONS] = now;
}

static void queue_open_circuit(struct queue *queue, int code)
{
    if (queue->circuit == FOB_SUCCESS)
        queue->circuit = code;
}

/* The provider asks for a pause.  Returns whether the queue makes it. */
static bool queue_take_pause(struct queue *queue, const struct outcome *outcome, int64_t now)
{
    int64_t until = now + outcome->retry_after * 1000;

    if (outcome->retry_after > QUEUE_PAUSE_MAX_S) {
        queue_open_circuit(queue, outcome->code);
        return false;
    }
    /* Attempts in flight at the same time report the same pause. */
    if (now >= queue->not_before)
        queue->pauses++;
    if (queue->pauses > QUEUE_PAUSES) {
        queue_open_circuit(queue, outcome->code);
        return false;
    }
    if (until > queue->not_before)
        queue->not_before = until;
    return true;
}

static void queue_note_failure(struct queue *queue, const struct outcome *outcome)
{
    queue->failures++;
    queue->window = queue->window > 1 ? queue->window / 2 : 1;
    if ((!queue->heard && !outcome->answered) || queue->failures >= QUEUE_FAILURES)
        queue_open_circuit(queue, outcome->code);
}

bool queue_settle(struct queue *queue, struct queue_entry *entry, const struct outcome *outcome,
                  int64_t now)
{
    if (status_is_verdict(outcome->code)) {
        queue_note_verdict(queue, outcome, now);
        return false;
    }
    switch (outcome->code) {
    case FOB_RATE_LIMITED:
    case FOB_UNAVAILABLE:
    case FOB_UNTRUSTED:
    case FOB_PROTOCOL:
        break;
    default:
        /* A local fault says nothing about the provider. */
        return false;
    }
    if (outcome->retry_after == 0) {
        queue_note_failure(queue, outcome);
        return false;
    }
    queue->window = 1;
    if (!queue_take_pause(queue, outcome, now))
        return false;
    queue_push_first(queue, entry);
    return true;
}
