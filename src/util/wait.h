/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What this thread waits for, told to whoever called fob_set_wait().
 */
#ifndef FOB_UTIL_WAIT_H
#define FOB_UTIL_WAIT_H

#include <stdint.h>

/* From now on this thread waits for something else than before: for MS milliseconds, 0 when nobody
 * knows.  FORMAT says for what: "waiting for …". */
void wait_begin(int64_t ms, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* It waits for nothing. */
void wait_end(void);
/* flock(2) with OPERATION, which no signal ends; a wait is told as one for WHAT.  Returns 0, or -1
 * with errno. */
int wait_for_lock(int fd, int operation, const char *what);

#endif
