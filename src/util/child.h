/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a program that the configuration names.
 *
 * The program's parent is a supervisor, a small process of fob's own, which reports how the program
 * ended. fob cannot wait for the program itself: the application may ignore SIGCHLD, or reap every
 * child.
 */
#ifndef FOB_UTIL_CHILD_H
#define FOB_UTIL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t supervisor;
    int socket; /* to the supervisor */
};

/*
 * Start ARGV with ENVIRONMENT.  ARGV ends with NULL and begins with an absolute path.  The program
 * has /dev/null as stdin, OUTPUT as stdout, the caller's stderr and terminal, no other descriptor,
 * and no blocked signals.  Returns 0 or an errno.  CHILD is for child_end().
 */
int child_start(char *const *argv, char *const *environment, int output, struct child *child);

/*
 * Wait at most MS milliseconds for the program's end.  After that it gets SIGTERM, and SIGKILL a
 * second later.  Meanwhile ON_POLL, which may be NULL, is called with DATA several times a second.
 * Returns NULL when the program ended in time by exit(0); otherwise the reason, a text that is
 * valid until the thread's next call.
 */
const char *child_end(struct child *child, unsigned ms, void (*on_poll)(void *data), void *data);

/* A program's standard output. */
struct child_output {
    char *data;  /* the caller's buffer of ROOM bytes */
    size_t room; /* one more than the program may print */
    size_t size;
};
/* Start ARGV as child_start() does, read its output, and wait for its end, SECONDS at most.
 * Returns NULL when the program ended by exit(0) and its output is smaller than the room; otherwise
 * the reason, a text that is valid until the thread's next call. */
const char *child_capture(char *const *argv, char *const *environment, unsigned seconds,
                          struct child_output *output);

#endif
