/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Short work that a signal must not end half way: what it leaves would lie about.
 */
#ifndef FOB_UTIL_SIGNALS_H
#define FOB_UTIL_SIGNALS_H

#include <signal.h>

/* Keep signals waiting, for this thread, until signals_release() of the same BEFORE.  Both may be
 * nested.  No process may be started in between: it would inherit the mask. */
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
