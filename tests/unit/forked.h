/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the tests of fork() share: children, and what the parent must find afterwards.
 */
#ifndef FOB_TESTS_FORKED_H
#define FOB_TESTS_FORKED_H

#include "world.h"

#include <sys/types.h>

/* A child that hangs is killed then, on the slowest machine. */
#define FORKED_PATIENCE_S 120

enum way {
    BY_FORK,
    BY_CLONE, /* without the C library, so that no handler of pthread_atfork() runs */
    WAYS
};

pid_t forked_make(enum way way);
int forked_status(pid_t pid);
/* For fob_check() and its like. */
void forked_ignore_finding(bool good, const char *text, void *data);
int forked_read_accounts(struct world *world);
void forked_assert_whole(struct world *world, const char *token);
/* Two accounts, and a context that has unlocked the store and used a plugin. */
struct world *forked_world(void **state);

#endif
