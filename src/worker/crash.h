/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Crashes: the host is not the worker's parent, so the worker itself reports the signal that ends
 * it, and the call that caused the signal.
 */
#ifndef FOB_WORKER_CRASH_H
#define FOB_WORKER_CRASH_H

#include <stdint.h>

/* Handle the signals of crashes; call this before entering the sandbox.  A crash outside of a call
 * is reported on the control socket. */
void crash_watch(void);
/* The calling thread begins the call with the number CALL: crashes are now reported on the socket
 * FD, even if the thread's stack overflows. */
void crash_begin(int fd, uint32_t call);
/* The thread's call has ended. */
void crash_end(void);
/* The thread ends, and with it the memory for a report after an overflow. */
void crash_end_thread(void);

#endif
