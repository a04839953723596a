/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starting a program that is no child of this process: the application sees no SIGCHLD of it, and
 * waits for nothing that it did not start.
 */
#ifndef FOB_UTIL_DETACH_H
#define FOB_UTIL_DETACH_H

#define DETACH_STREAMS 4

struct detach {
    int file; /* the program, open; -1 to run it by its path argv[0] */
    char *const *argv;
    char *const *environment;
    int streams[DETACH_STREAMS]; /* what it has as 0, 1 and so on; it has no other descriptor */
};

/*
 * Start it as the leader of a session of its own, in the folder /, with umask 077 and the signals
 * as usual.  PIDFD becomes a descriptor that polls readable at its end (pidfd_open(2)); -1 where
 * the kernel has none.  Returns 0 when it runs; else an error of errno(3), and there is no process.
 */
int detach_start(const struct detach *detach, int *pidfd);

#endif
