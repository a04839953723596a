/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The terminal that a command gets in place of fob's own, so that what it prints can be masked
 * while color, size, raw mode and job control stay what they are.
 *
 * Where fob's input and output are its terminal, it forks a monitor, the leader of a session of its
 * own, whose terminal is the new one; the monitor forks the command, as the shell forks a job. When
 * the command stops, so does the monitor, and then fob.  fob takes the keyboard and the modes of
 * its terminal while it is in the foreground and no other fob has them (util/turn.h).
 *
 * Else another program may have the keyboard (COMMAND | less, COMMAND in a script's background):
 * then the new terminal is there for what the command prints alone, and all else stays as it is
 * without fob.
 */
#ifndef FOB_FOB_EXEC_SCREEN_H
#define FOB_FOB_EXEC_SCREEN_H

#include "fob/exec/spawn.h"
#include "util/turn.h"

#include <signal.h>

struct screen_modes; /* shared with the monitor, which puts them back when fob is killed */

struct screen {
    int outer;  /* fob's terminal, its standard output or error; -1: none, the rest is of no use */
    int master; /* the side of the new terminal that fob has */
    int slave;  /* the command's; -1 after the fork */
    int own;  /* fob's terminal again where it is fob's session's, so that nothing blocks; or -1 */
    bool job; /* the command is a job of its own on the new terminal */
    bool raw; /* fob has the keyboard: its terminal passes on what is typed as it is */
    struct screen_modes *modes;
    struct turn turn;
};

#define SCREEN_INIT \
    ((struct screen){ .outer = -1, .master = -1, .slave = -1, .own = -1, .turn = TURN_INIT })

/* Make one when standard output or error is a terminal.  Returns FOB_SUCCESS,
 * FOB_SYSTEM. */
int screen_open(struct screen *screen);
/* Pass on the size of fob's terminal. */
void screen_resize(const struct screen *screen);
/* Make fob's terminal raw when fob is in its foreground, and it is its turn; and as it was before.
 */
void screen_enter(struct screen *screen);
void screen_leave(struct screen *screen);
/* As screen_enter() after a stop that fob may not have seen, and somebody may have set other modes.
 */
void screen_return(struct screen *screen);
void screen_close(struct screen *screen);

/* What a command has without fob. */
struct screen_signals {
    sigset_t mask;
    struct sigaction child; /* SIGCHLD, which fob has the usual way: else no child has an end */
};

/*
 * In the child: lead the session, run the command as its job on FDS (0 to 2), with its SIGNALS, and
 * tell TELL its process's number.  Ends as the command does.
 */
_Noreturn void screen_monitor(const struct screen *screen, const struct spawn *start,
                              const int fds[static 3], const struct screen_signals *signals,
                              int report);
/* As fds of the child, which becomes the command; ends the process when it cannot. */
_Noreturn void screen_become(const struct spawn *start, const int fds[static 3],
                             const struct screen_signals *signals);

#endif
