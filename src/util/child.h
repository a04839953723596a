/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Programs that the configuration names, run for fob itself.
 *
 * The program is the child of a small process of fob's own, its keeper, which tells how it ended:
 * the application may ignore SIGCHLD, or wait for every process that ends.
 */
#ifndef FOB_UTIL_CHILD_H
#define FOB_UTIL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t supervisor;
    int socket; /* to the keeper */
};

/*
 * Start ARGV, which ends with NULL and begins with an absolute path, with ENVIRONMENT, nothing on
 * stdin, OUTPUT as stdout, the caller's stderr and terminal, no other descriptor, and the signals
 * as usual.  Returns 0, or an error of errno(3).  CHILD is for child_end().
 */
int child_start(char *const *argv, char *const *environment, int output, struct child *child);

/*
 * Wait for its end, at most MS milliseconds; then it is told to end, and a second later killed.
 * LOOK, which may be NULL, is called with DATA several times a second meanwhile.  Returns NULL when
 * it ended in time, by exit(0); else why not, in words that hold until the thread's next call.
 */
const char *child_end(struct child *child, unsigned ms, void (*on_poll)(void *data), void *data);

/* What a program prints. */
struct child_output {
    char *data;  /* the caller's, of ROOM bytes */
    size_t room; /* more than may be printed */
    size_t size;
};
/* Start ARGV as child_start(), read what it prints, and wait for its end, in SECONDS at the most.
 * Returns NULL when it ended by exit(0) and printed less than the room; else why not, in words that
 * hold until the thread's next call. */
const char *child_capture(char *const *argv, char *const *environment, unsigned seconds,
                          struct child_output *output);

#endif
