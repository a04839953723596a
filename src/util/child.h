/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Programs that the configuration names, run for fob itself.
 */
#ifndef FOB_UTIL_CHILD_H
#define FOB_UTIL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Start ARGV, which ends with NULL and begins with an absolute path, with ENVIRONMENT, nothing on
 * stdin, OUTPUT as stdout, the caller's stderr and terminal, no other descriptor, and the signals
 * as usual.  Returns 0 and the process in PID, or an error of errno(3).
 */
int child_start(char *const *argv, char *const *environment, int output, pid_t *pid);

/* Wait for its end; whether it was exit(0). */
bool child_ends_well(pid_t pid);
/* The same after at most SECONDS; then it is told to end, and a second later killed.  LOOK, which
 * may be NULL, is called with DATA several times a second meanwhile. */
bool child_ends_well_within(pid_t pid, unsigned seconds, void (*look)(void *data), void *data);

#endif
