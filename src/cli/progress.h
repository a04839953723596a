/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A progress bar, or what fob waits for, on the last line of a terminal at stderr; other lines
 * replace it.  Nothing is shown in the background, or while a program asks for a secret.
 * Thread-safe.
 */
#ifndef FOB_CLI_PROGRESS_H
#define FOB_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Set what fob waits for, or NULL, and for how many milliseconds, 0 when unknown.  Shown after two
 * seconds without output, with the seconds.  For fob_set_wait(). */
void progress_wait(const char *what, int64_t ms, void *unused);
/* Show nothing while a question is asked. */
void progress_pause(bool paused);
/* Call this after output to FD, stdout.  If FD is a pipe, nothing is shown any more: the terminal
 * now belongs to the pipe's reader. */
void progress_yield(int fd);
/* Show a bar for DONE of ALL, followed by NOTE; only the number when ALL is 0, for unknown.  Shows
 * nothing if stderr is not a terminal. */
void progress_show(uint64_t done, uint64_t all, const char *note);
/* The same, if nothing was shown for a second. */
void progress_count(uint64_t done, uint64_t all);
/* Remove the bar, if any, before another line is printed. */
void progress_hide(void);

#endif
