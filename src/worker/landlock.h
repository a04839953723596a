/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Landlock, landlock(7): rulesets, at the best level that the kernel has.
 */
#ifndef FOB_WORKER_LANDLOCK_H
#define FOB_WORKER_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A ruleset that is being made. */
struct landlock {
    int ruleset;      /* -1 after landlock_close() */
    int level;        /* the kernel's, from 1 */
    uint64_t handled; /* the rights in files that need a rule */
};

/* Begin a ruleset that handles all rights in files, signals to others and, with PORTS, TCP.
 * Returns 0, or -1 with errno set. */
int landlock_open(struct landlock *landlock, bool ports);
/* Let the file or folder open at FD, with all that is below, be read; with ALL, let everything be
 * done with it.  Returns 0, or -1 with errno set. */
int landlock_allow(const struct landlock *landlock, int fd, bool all);
/* Let TCP connect to PORT, where the level knows ports. */
int landlock_allow_port(const struct landlock *landlock, uint16_t port);
/* Hold this process to the ruleset, for good. */
int landlock_apply(const struct landlock *landlock);
void landlock_close(struct landlock *landlock);

#endif
