/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which process this is.
 *
 * fork() copies everything but the secrets, which are wiped in the child, and but the other
 * threads, whose locks stay locked there for ever.  What must not be carried over remembers the
 * process it was made in.
 */
#ifndef FOB_UTIL_PROCESS_H
#define FOB_UTIL_PROCESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* This process's number: never 0, and not that of any process it was forked from.  A process that
 * shares its memory with another one, as after vfork(), shares the number too. */
uint64_t process_id(void);

/* A mutex that is free in a child, even if a thread of the parent held it at the fork.  What it
 * guards may be half changed then: the child must not use it as it is. */
struct process_lock {
    _Atomic(uint64_t) state; /* twice the process's number; one more while it is made ready */
    pthread_mutex_t mutex;
};
/* clang-format off */
#define PROCESS_LOCK_INIT { 0, PTHREAD_MUTEX_INITIALIZER }
/* clang-format on */
void process_lock(struct process_lock *lock);
void process_unlock(struct process_lock *lock);

/* Have FD closed in children: a descriptor that holds a lock, or a connection to a peer.  Call
 * process_forget() before FD is closed. */
void process_close_on_fork(int fd);
void process_forget(int fd);

#endif
