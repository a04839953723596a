/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reporting what this thread waits for, to the function set by fob_set_wait().
 */
#ifndef FOB_UTIL_WAIT_H
#define FOB_UTIL_WAIT_H

#include <stdint.h>

/* Report that this thread waits for MS milliseconds, or for an unknown time when MS is 0.  FORMAT
 * is the whole message: "waiting for ...".  Replaces the previous wait. */
void wait_begin(int64_t ms, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Report that the wait is over. */
void wait_end(void);
/* flock(2) with OPERATION, restarted after a signal.  A wait is reported with WHAT, the name of the
 * locked file.  Returns 0, or -1 with errno. */
int wait_for_lock(int fd, int operation, const char *what);

#endif
