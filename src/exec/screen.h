/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The terminal that a command gets in place of fob's own, so that what it prints can be masked
 * while colour, size, raw mode and job control stay what they are.
 *
 * Where fob's output is its terminal, it forks a monitor, the leader of a session of its own, whose
 * terminal is the new one; the monitor forks the command, as the shell forks a job.  When the
 * command stops, so does the monitor, and then fob.
 *
 * Where only its errors are, another program may have the keyboard (COMMAND | less): then the new
 * terminal is there for the errors alone, and all else stays as it is without fob.
 */
#ifndef FOB_EXEC_SCREEN_H
#define FOB_EXEC_SCREEN_H

#include "exec/start.h"

#include <signal.h>
#include <termios.h>

struct screen {
    int outer;  /* fob's terminal, its standard output or error; -1: none, the rest is of no use */
    int master; /* the side of the new terminal that fob has */
    int slave;  /* the command's; -1 after the fork */
    int keyboard; /* where what is typed is read; -1 when the command reads it itself */
    struct termios saved;
    bool job; /* the command is a job of its own on the new terminal */
    bool raw; /* fob's terminal passes on what is typed as it is */
};

#define SCREEN_INIT ((struct screen){ .outer = -1, .master = -1, .slave = -1, .keyboard = -1 })

/* Make one when standard output or error is a terminal.  Returns FOB_SUCCESS,
 * FOB_SYSTEM. */
int screen_open(struct screen *screen);
/* Pass on the size of fob's terminal. */
void screen_resize(const struct screen *screen);
/* Make fob's terminal raw when fob is in its foreground; and as it was before. */
void screen_enter(struct screen *screen);
void screen_leave(struct screen *screen);
void screen_close(struct screen *screen);

/*
 * In the child: lead the session, run the command as its job on FDS (0 to 2), with SIGNALS blocked
 * as MASK says, and tell TELL its process's number.  Ends as the command does.
 */
_Noreturn void screen_monitor(const struct screen *screen, const struct start *start,
                              const int fds[static 3], const sigset_t *mask, int tell);
/* As fds of the child, which becomes the command; ends the process when it can not. */
_Noreturn void screen_become(const struct start *start, const int fds[static 3],
                             const sigset_t *mask);

#endif
