/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Deferring signals during short work that would leave something behind if it were interrupted.
 */
#ifndef FOB_UTIL_SIGNALS_H
#define FOB_UTIL_SIGNALS_H

#include <signal.h>

/* Block all signals in this thread until signals_release() with the same BEFORE.  Calls may be
 * nested.  Do not start a process in between: it would inherit the mask. */
static inline void signals_hold(sigset_t *before)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

/* Keeps errno. */
static inline void signals_release(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

#endif
