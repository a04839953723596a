/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Each clock as one number.
 */
#ifndef FOB_UTIL_CLOCK_H
#define FOB_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    /* Cannot fail on Linux. */
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A clock that nobody sets, for measuring durations. */
static inline int64_t clock_ms(void)
{
    return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

#endif
