/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Ending by a signal, so that who waits sees which.
 */
#ifndef FOB_UTIL_DIE_H
#define FOB_UTIL_DIE_H

#include <signal.h>
#include <unistd.h>

_Noreturn static inline void die_of(int number)
{
    sigset_t one;

    signal(number, SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    /* A container's first process survives: then it is the status that tells. */
    _exit(128 + number);
}

#endif
