/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Whose turn it is at a terminal: of a user's programs in one session, and so on one terminal, one
 * at a time reads the keyboard and sets modes.
 *
 * A turn is a listening socket that is named after session and user, and ends with its process.
 * Another program that must ask connects, sends its question, and waits until the turn ends or the
 * socket sends the answer.  A process of another session is not believed, whatever it has bound.
 */
#ifndef FOB_UTIL_TURN_H
#define FOB_UTIL_TURN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct turn {
    int listener; /* -1: it is not this process's turn, or the system has no such sockets */
    int asker;    /* who connected and has not sent a question yet; -1 for none */
};

#define TURN_INIT ((struct turn){ -1, -1 })

/* Take the turn.  False when another process has it. */
bool turn_acquire(struct turn *turn);
void turn_release(struct turn *turn);

/* Whether somebody must ask; to be called when the descriptor turn_fd() is readable. */
bool turn_is_wanted(struct turn *turn);
int turn_fd(const struct turn *turn);

/* Send the answer to everybody who waits with the same QUESTION. */
void turn_answer(const struct turn *turn, const char *question, const void *answer, size_t size);
/* Wait, with the signals of MASK blocked.  Returns the size of the ANSWER, 0 when the turn is to be
 * tried again, -1 after a signal. */
ssize_t turn_wait(const char *question, const sigset_t *mask, void *answer, size_t room);

#endif
