/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starting a program that is no child of this process: the application gets no SIGCHLD for it, and
 * cannot wait for it by accident.
 */
#ifndef FOB_UTIL_DETACH_H
#define FOB_UTIL_DETACH_H

#define DETACH_STREAMS 4

struct detach {
    int file; /* the program, open; -1 to run it by its path argv[0] */
    char *const *argv;
    char *const *environment;
    int streams[DETACH_STREAMS]; /* its descriptors 0, 1 and so on; it gets no other */
};

/*
 * Start the program in a new session, in the folder /, with umask 077 and default signal actions.
 * PIDFD becomes its descriptor from pidfd_open(2), which polls readable at the program's end; -1 if
 * the kernel lacks that.  Returns 0 if the program runs; otherwise an error of errno(3).
 */
int detach_start(const struct detach *detach, int *pidfd);
/* Wait for the end of PIDFD's program, unless that is -1, if this process is its parent, because it
 * adopts orphans, as the first one of a container does. */
void detach_reap(int pidfd);

#endif
