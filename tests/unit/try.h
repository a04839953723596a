/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a sandboxed process tries, by subject, and what must come of it in each profile.
 */
#ifndef FOB_TESTS_TRY_H
#define FOB_TESTS_TRY_H

#include <stdint.h>
#include <sys/types.h>

/* The results of a child: an error of errno(3), 0, or one of these. */
#define ENDED 250   /* by SIGSYS */
#define UNKNOWN 251 /* by another signal */
#define ANY 252     /* not the sandbox's matter */

struct attempt {
    const char *name;
    int (*attempt)(void);
    int expected[3]; /* pure, network, exec */
    int level; /* of Landlock, below which it is not refused; with 0 seccomp alone refuses it */
};

/* Each ends with a NULL name. */
extern const struct attempt try_files[];
extern const struct attempt try_processes[];
extern const struct attempt try_sockets[];
extern const struct attempt try_memory[];

/* What there is to reach. */
struct place {
    char folder[64];
    char open[80];   /* readable, or beside what is closed */
    char closed[80]; /* closed */
    pid_t host;
    int listener;
    uint16_t port, other_port; /* both accept connections; the sandbox allows the first */
};
extern struct place place;

/* The path of NAME in the folder WHERE, until the next call. */
const char *try_path(const char *where, const char *name);
int try_connect_to(uint16_t port);

#endif
