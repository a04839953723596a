/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Taking turns at a terminal: of one user's programs in one session, only one at a time reads the
 * keyboard and sets terminal modes.
 *
 * The holder of the turn listens on a socket that is named after session and user; the turn ends
 * with its process.  Another program that must ask connects, sends its question, and waits until
 * the turn ends or the holder sends the answer.  A socket that a process of another session has
 * bound is not trusted.
 */
#ifndef FOB_UTIL_TURN_H
#define FOB_UTIL_TURN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct turn {
    int listener; /* -1 when this process does not hold the turn, or no such sockets exist */
    int asker;    /* a connection that has not sent a question yet; -1 for none */
};

#define TURN_INIT ((struct turn){ -1, -1 })

/* Acquire the turn.  False when another process holds it. */
bool turn_acquire(struct turn *turn);
void turn_release(struct turn *turn);

/* Whether another program must ask.  Call this when the descriptor turn_fd() is readable. */
bool turn_is_wanted(struct turn *turn);
int turn_fd(const struct turn *turn);

/* Send ANSWER to every program that waits with the same QUESTION. */
void turn_answer(const struct turn *turn, const char *question, const void *answer, size_t size);
/* Wait for an answer, for the end of the turn, or until its holder is stopped, with the signals of
 * MASK blocked.  Returns the size of ANSWER, 0 when the caller should try for the turn again, -1
 * after a signal. */
ssize_t turn_wait(const char *question, const sigset_t *mask, void *answer, size_t room);

#endif
