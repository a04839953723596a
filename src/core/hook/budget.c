/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps a ring of the times of the last calls, in a file that is locked while a call is added. */
#include "config.h"

#include "core/hook/budget.h"

#include "core/provider/provider.h"
#include "store/file.h"
#include "store/layout.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/path.h"
#include "util/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static const char magic[8] = { 'F', 'O', 'B', 'C', 'A', 'L', 'L', 'S' };

/* Offsets in the file. */
enum {
    AT_ROOM = sizeof magic,
    AT_NEXT = AT_ROOM + 8,
    AT_TIMES = AT_NEXT + 8,
};
#define TIME_SIZE 8

struct ring {
    int fd;
    const char *what;
    uint64_t room;  /* the number of slots: the budget's calls in a minute */
    uint64_t next;  /* the slot of the next time, which holds the oldest */
    int64_t now;    /* read under the lock, so that waiting for it does not make the time stale */
    int64_t latest; /* later times count as this time */
};

int64_t budget_clock(void)
{
    return clock_ns(CLOCK_BOOTTIME) / 1000000;
}

static int budget_read_at(const struct ring *ring, void *data, size_t size, uint64_t at)
{
    ssize_t got;

    do
        got = pread(ring->fd, data, size, (off_t)at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_system("%s", ring->what);
    /* Missing bytes count as 0. */
    memset((char *)data + got, 0, size - (size_t)got);
    return FOB_SUCCESS;
}

static int budget_write_at(const struct ring *ring, const void *data, size_t size, uint64_t at)
{
    return write_at(ring->fd, data, size, (off_t)at) < 0 ? error_system("%s", ring->what)
                                                         : FOB_SUCCESS;
}

/* The time of the call BACK calls ago; 0 for never. */
static int budget_time_of(const struct ring *ring, uint64_t back, int64_t *when)
{
    unsigned char data[TIME_SIZE];
    uint64_t at = (ring->next + ring->room - back) % ring->room;
    int code = budget_read_at(ring, data, sizeof data, AT_TIMES + at * TIME_SIZE);

    *when = (int64_t)wire_get(data, TIME_SIZE);
    if (*when < 0)
        *when = 0;
    else if (*when > ring->latest)
        *when = ring->latest;
    return code;
}

/* Rebuild the ring with ROOM slots from OLD's most recent calls, adding LATER ms to each time. */
static int budget_renew_ring(const struct file *file, const struct ring *old, uint64_t room,
                             int64_t later)
{
    size_t size = AT_TIMES + (size_t)room * TIME_SIZE;
    uint64_t kept = old->room < room ? old->room : room;
    unsigned char *data = calloc(1, size);
    int code = FOB_SUCCESS;

    if (data == NULL)
        return error_nomem();
    memcpy(data, magic, sizeof magic);
    wire_put(data + AT_ROOM, room, 8);
    wire_put(data + AT_NEXT, kept % room, 8);
    for (uint64_t i = 0; i < kept && code == FOB_SUCCESS; i++) {
        int64_t when;

        code = budget_time_of(old, kept - i, &when);
        if (when != 0)
            wire_put(data + AT_TIMES + i * TIME_SIZE, (uint64_t)(when + later), TIME_SIZE);
    }
    if (code == FOB_SUCCESS)
        code = file_write(file, (struct span){ data, size }, FILE_REPLACE);
    free(data);
    return code;
}

/* Read the head of the locked file; GOOD says whether it is valid. */
static int budget_read_head(struct ring *ring, bool *good)
{
    unsigned char head[AT_TIMES];
    int code = budget_read_at(ring, head, sizeof head, 0);

    ring->room = wire_get(head + AT_ROOM, 8);
    ring->next = wire_get(head + AT_NEXT, 8);
    *good = memcmp(head, magic, sizeof magic) == 0 && ring->room <= PROVIDER_BUDGET_MAX &&
            ring->next < ring->room;
    return code;
}

/* Adapt the file to REQUEST.  AGAIN is set when it was replaced, so that the new file must be
 * locked. */
static int budget_fit_ring(const struct file *file, struct ring *ring,
                           const struct budget_request *request, bool *again)
{
    const uint64_t room = (uint64_t)request->per_minute;
    int64_t last = 0;
    bool good;
    int code = budget_read_head(ring, &good);

    *again = false;
    /* The file is new, or damaged and so ignored. */
    if (code == FOB_SUCCESS && !good)
        ring->room = 0;
    ring->latest = INT64_MAX;
    if (code == FOB_SUCCESS && good)
        code = budget_time_of(ring, 1, &last);
    ring->latest = last > ring->now ? last : ring->now;
    /* Times in the future are from before the machine was restarted; they count as now. */
    if (code != FOB_SUCCESS || (good && ring->room == room && last <= ring->now))
        return code;
    *again = true;
    return budget_renew_ring(file, ring, room, last > ring->now ? ring->now - last : 0);
}

static int budget_lock_ring(const struct file *file, const struct budget_request *request,
                            struct ring *ring)
{
    bool again = true;
    int code = FOB_SUCCESS;

    *ring = (struct ring){ .fd = -1, .what = file->what };
    while (code == FOB_SUCCESS && again) {
        if (ring->fd >= 0)
            file_unlock(ring->fd);
        ring->fd = -1;
        code = file_lock(file, true, &ring->fd);
        ring->now = budget_clock();
        if (code == FOB_SUCCESS)
            code = budget_fit_ring(file, ring, request, &again);
    }
    if (code != FOB_SUCCESS && ring->fd >= 0)
        file_unlock(ring->fd);
    return code;
}

/* Count how many of the last LIMIT calls were made within the last minute. */
static int budget_count_recent(const struct ring *ring, uint64_t limit, uint64_t *count)
{
    uint64_t more = limit + 1; /* the first call that is too old */
    int code = FOB_SUCCESS;

    *count = 0;
    while (code == FOB_SUCCESS && more - *count > 1) {
        uint64_t middle = *count + (more - *count) / 2;
        int64_t when;

        code = budget_time_of(ring, middle, &when);
        if (when != 0 && when + BUDGET_MINUTE_MS > ring->now)
            *count = middle;
        else
            more = middle;
    }
    return code;
}

/* The time between two calls of a sweep.  It varies, so that several sweeps do not call at the same
 * moment. */
static int64_t budget_pace(uint64_t limit)
{
    int64_t even = BUDGET_MINUTE_MS / (int64_t)limit;
    uint32_t chance = 0;

    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance)
        return even;
    return even + (int64_t)(chance % (uint64_t)(even / 8 + 1));
}

/* Find how long to wait until a call is allowed. */
static int budget_find_wait(const struct ring *ring, const struct budget_request *request,
                            int64_t *wait)
{
    uint64_t limit = request->planned > 0 ? ring->room - ring->room / 6 : ring->room;
    uint64_t lately = 0;
    int64_t when;
    int code = budget_time_of(ring, limit, &when);

    *wait = when != 0 ? when + BUDGET_MINUTE_MS - ring->now : 0;
    if (code != FOB_SUCCESS || *wait > 0 || request->planned == 0)
        return code;
    code = budget_count_recent(ring, limit, &lately);
    if (code == FOB_SUCCESS && request->planned > limit - lately) {
        code = budget_time_of(ring, 1, &when);
        *wait = when != 0 ? when + budget_pace(limit) - ring->now : 0;
    }
    return code;
}

/* Write the time last: if the process is killed in between, the call is not counted, and is not
 * made. */
static int budget_add_call(struct ring *ring)
{
    uint64_t at = AT_TIMES + ring->next * TIME_SIZE;
    unsigned char data[TIME_SIZE];
    int code;

    ring->next = (ring->next + 1) % ring->room;
    wire_put(data, ring->next, TIME_SIZE);
    code = budget_write_at(ring, data, TIME_SIZE, AT_NEXT);
    wire_put(data, (uint64_t)ring->now, TIME_SIZE);
    return code == FOB_SUCCESS ? budget_write_at(ring, data, TIME_SIZE, at) : code;
}

static int budget_acquire_locked(const struct file *file, const struct budget_request *request,
                                 int64_t *wait)
{
    struct ring ring;
    int code = budget_lock_ring(file, request, &ring);

    if (code != FOB_SUCCESS)
        return code;
    code = budget_find_wait(&ring, request, wait);
    if (code == FOB_SUCCESS && *wait <= 0) {
        *wait = 0;
        code = budget_add_call(&ring);
    }
    file_unlock(ring.fd);
    return code;
}

int budget_acquire(const struct settings *settings, const struct budget_request *request,
                   int64_t *wait)
{
    char name[sizeof LAYOUT_BUDGET + FOB_NAME_MAX];
    struct file file = { .name = name, .user = settings->user };
    char *what;
    int code;

    snprintf(name, sizeof name, LAYOUT_BUDGET "%s", request->provider);
    what = path_join(settings->store_path, name);
    if (what == NULL)
        return error_nomem();
    file.what = what;
    file.folder = open(settings->store_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    code = file.folder >= 0 ? budget_acquire_locked(&file, request, wait)
                            : error_system("%s", settings->store_path);
    if (file.folder >= 0)
        close(file.folder);
    free(what);
    return code;
}
