/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The driver of hooks that wait for time to pass. */
#include "config.h"

#include "timer.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>

#define MOST 64

struct timer {
    struct fob_handle *handle;
    int64_t due; /* milliseconds */
    bool waits;
};

struct timers {
    struct fob_driver face;
    struct timer timers[MOST];
    size_t count;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_for_time(struct fob_driver *face, int64_t ms)
{
    struct timers *timers = (struct timers *)face;
    int64_t now = now_ms();

    for (size_t i = 0; i < timers->count; i++) {
        int64_t left = timers->timers[i].due - now;

        if (left < ms)
            ms = left > 0 ? left : 0;
    }
    (void)poll(NULL, 0, (int)ms);
    now = now_ms();
    for (size_t i = timers->count; i-- > 0;) {
        const struct timer timer = timers->timers[i];

        if (timer.due > now && !fob_is_over(timer.handle))
            continue;
        timers->timers[i] = timers->timers[--timers->count];
        fob_wake(timer.handle, timer.waits);
    }
}

static void free_timers(struct fob_driver *face)
{
    free(face);
}

static struct timers *timers_of(struct fob_handle *handle)
{
    struct fob_driver **place = fob_driver(handle);
    struct timers *new;

    if (place == NULL)
        return NULL;
    if (*place != NULL)
        return (struct timers *)*place;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return NULL;
    new->face = (struct fob_driver){ wait_for_time, free_timers };
    *place = &new->face;
    return new;
}

bool timer_defer(struct fob_handle *handle, int64_t ms, bool waits, fob_resume_fn *resume)
{
    struct timers *timers = timers_of(handle);

    if (timers == NULL || timers->count == MOST)
        return false;
    timers->timers[timers->count++] = (struct timer){ handle, now_ms() + ms, waits };
    (void)fob_defer(handle, resume, NULL);
    return true;
}
