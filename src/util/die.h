/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Ending the process by a signal, so that its parent sees the signal.
 */
#ifndef FOB_UTIL_DIE_H
#define FOB_UTIL_DIE_H

#include <signal.h>
#include <unistd.h>

_Noreturn static inline void die_of_signal(int number)
{
    sigset_t one;

    signal(number, SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    /* PID 1 of a container survives the signal; then the exit status has to say it. */
    _exit(128 + number);
}

#endif
