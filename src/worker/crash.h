/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Crashes: the host, which is not the worker's parent, learns from the worker itself by which
 * signal a call ended it.
 */
#ifndef FOB_WORKER_CRASH_H
#define FOB_WORKER_CRASH_H

#include <stdint.h>

/* Watch for the signals of crashes, before the sandbox is entered.  Until a thread has begun a call
 * its crash is of the loading, and told on the control socket. */
void crash_watch(void);
/* The calling thread begins the call number CALL: a crash in it is reported on the socket FD.  From
 * the thread's first call on, that works also when its stack is used up. */
void crash_begin(int fd, uint32_t call);
/* The thread's call has ended. */
void crash_end(void);

#endif
