/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A bar, or what is waited for, on the last line of the terminal that stderr is; it makes way for
 * other lines.  In the background, and while a program asks for a secret, nothing is shown.
 * Thread-safe.
 */
#ifndef FOB_CLI_PROGRESS_H
#define FOB_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* What fob waits for, and for how many milliseconds (0: not known); WHAT is NULL for nothing.  It
 * is shown when nothing else was for two seconds, and counts the seconds.  For fob_set_wait(). */
void progress_wait(const char *what, int64_t ms, void *unused);
/* While a question is asked nothing is shown. */
void progress_pause(bool paused);
/* Something was written to FD, stdout: if that is a pipe, the terminal is for the program that
 * reads it, and nothing is shown any more. */
void progress_yield(int fd);
/* Show a bar of DONE of ALL (0: unknown, and no bar), with NOTE behind it; nothing where stderr is
 * no terminal. */
void progress_show(uint64_t done, uint64_t all, const char *note);
/* Take it away, if there is one: before any other line. */
void progress_hide(void);

#endif
