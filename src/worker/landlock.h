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
    uint64_t handled; /* the rights to files that need a rule */
};

/* Begin a ruleset that handles all rights to files, signals to others and, with PORTS, TCP.
 * Returns 0, or -1 with errno set. */
int landlock_open(struct landlock *landlock, bool ports);
/* Allow reading the file or folder at FD, with everything below it; with ALL, allow all other
 * rights, too, except making devices.  Returns 0, or -1 with errno set. */
int landlock_allow(const struct landlock *landlock, int fd, bool all);
/* Allow TCP connections to PORT, if the level knows ports. */
int landlock_allow_port(const struct landlock *landlock, uint16_t port);
/* Restrict this process by the ruleset, irrevocably. */
int landlock_apply(const struct landlock *landlock);
void landlock_close(struct landlock *landlock);

#endif
