/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Telling a forked child from its parent.
 *
 * fork() copies all memory except secrets, which are wiped in the child, and no thread but the
 * caller: locks that other threads held stay locked in the child for ever.  An object that must not
 * outlive a fork records the process that made it.
 */
#ifndef FOB_UTIL_PROCESS_H
#define FOB_UTIL_PROCESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* This process's number: never 0, and different from the numbers of its ancestors.  Processes that
 * share memory, as after vfork(), share the number. */
uint64_t process_id(void);

/* A mutex that is free in a child, even if a thread of the parent held it at the fork.  The data
 * that it guards may be half changed then, so the child must not use them as they are. */
struct process_lock {
    _Atomic(uint64_t) state; /* twice the process's number; plus one during initialization */
    pthread_mutex_t mutex;
};
/* clang-format off */
#define PROCESS_LOCK_INIT { 0, PTHREAD_MUTEX_INITIALIZER }
/* clang-format on */
void process_lock(struct process_lock *lock);
void process_unlock(struct process_lock *lock);

/* Close FD in forked children: it holds a lock or a connection.  Call process_forget() before FD is
 * closed. */
void process_close_on_fork(int fd);
void process_forget(int fd);

#endif
