/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The driver of hooks that wait for time to pass. */
#include "config.h"

#include "timer.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define MOST 64

struct timer {
    struct fob_handle *handle;
    int64_t due; /* milliseconds */
    bool waits;
};

struct timers {
    struct fob_driver face;
    int bell;
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
    struct pollfd bell = { .fd = timers->bell, .events = POLLIN };
    int64_t now = now_ms();
    eventfd_t rings;

    for (size_t i = 0; i < timers->count; i++) {
        int64_t left = timers->timers[i].due - now;

        if (left < ms)
            ms = left > 0 ? left : 0;
    }
    if (poll(&bell, 1, (int)ms) > 0)
        (void)eventfd_read(timers->bell, &rings);
    now = now_ms();
    for (size_t i = timers->count; i-- > 0;) {
        const struct timer timer = timers->timers[i];

        if (timer.due > now && !fob_is_over(timer.handle))
            continue;
        timers->timers[i] = timers->timers[--timers->count];
        fob_wake(timer.handle, timer.waits);
    }
}

static void ring(struct fob_driver *face)
{
    (void)eventfd_write(((struct timers *)face)->bell, 1);
}

static void free_timers(struct fob_driver *face)
{
    close(((struct timers *)face)->bell);
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
    new->face = (struct fob_driver){ wait_for_time, ring, free_timers };
    new->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
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
