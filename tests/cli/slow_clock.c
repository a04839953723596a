/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Preloaded into fob by tests that make many passphrase slots: a processor that seems to be slow,
 * so that each slot gets the fewest passes of Argon2id that there are. */
#include "config.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLOWER 100

int clock_gettime(clockid_t clock, struct timespec *now)
{
#ifdef SYS_clock_gettime64
    int result = (int)syscall(SYS_clock_gettime64, clock, now);
#else
    int result = (int)syscall(SYS_clock_gettime, clock, now);
#endif

    if (result == 0 && clock == CLOCK_THREAD_CPUTIME_ID)
        now->tv_sec = now->tv_sec * SLOWER + now->tv_nsec / (1000000000 / SLOWER);
    return result;
}
