/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Preloaded into fob by tests of what takes days: the time of day is FOB_TEST_LATE seconds ahead.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    const char *late = getenv("FOB_TEST_LATE");
#ifdef SYS_clock_gettime64
    int result = (int)syscall(SYS_clock_gettime64, clock, now);
#else
    int result = (int)syscall(SYS_clock_gettime, clock, now);
#endif

    if (result == 0 && late != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += atol(late);
    return result;
}

time_t time(time_t *seconds)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}
