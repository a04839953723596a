/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The terminal that a command gets in place of fob's own, so that its output can be masked while
 * color, size, raw mode and job control work as before.
 *
 * If fob's input and output are its terminal, fob forks a monitor, the leader of a new session on
 * the new terminal.  The monitor forks the command, as a shell forks a job.  When the command
 * stops, the monitor stops, and then fob. fob uses the keyboard and sets the modes of its terminal
 * while it is in the foreground and has the turn (util/turn.h).
 *
 * Otherwise another program may use the keyboard (COMMAND | less, COMMAND in a script's
 * background).  Then the new terminal is only for the command's output, and fob changes nothing
 * else.
 */
#ifndef FOB_FOB_EXEC_SCREEN_H
#define FOB_FOB_EXEC_SCREEN_H

#include "fob/exec/spawn.h"
#include "util/turn.h"

#include <signal.h>

struct screen_modes; /* shared with the monitor, which restores them if fob is killed */

struct screen {
    int outer;  /* fob's terminal, at stdout or stderr; -1 for none, then the rest is unused */
    int master; /* fob's side of the new terminal */
    int slave;  /* the command's side; -1 after the fork */
    int own;    /* a non-blocking descriptor for fob's terminal, if it is the session's; or -1 */
    bool job;   /* the command is a job on the new terminal */
    bool raw;   /* fob has the keyboard, and its terminal is raw */
    struct screen_modes *modes;
    struct turn turn;
};

#define SCREEN_INIT \
    ((struct screen){ .outer = -1, .master = -1, .slave = -1, .own = -1, .turn = TURN_INIT })

/* Make the new terminal if stdout or stderr is a terminal.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int screen_open(struct screen *screen);
/* Pass on the size of fob's terminal. */
void screen_resize(const struct screen *screen);
/* Make fob's terminal raw if fob is in the foreground and gets the turn; and restore it. */
void screen_enter(struct screen *screen);
void screen_leave(struct screen *screen);
/* As screen_enter(), after a stop during which somebody may have changed the modes. */
void screen_return(struct screen *screen);
void screen_close(struct screen *screen);

/* The signal state that fob was started with. */
struct screen_signals {
    sigset_t mask;
    struct sigaction child; /* SIGCHLD, which fob resets in order to wait for children */
};

/*
 * In the child: lead the session, run the command as a job on FDS (0 to 2) with SIGNALS, and write
 * its process's number to REPORT.  Ends as the command does.
 */
_Noreturn void screen_monitor(const struct screen *screen, const struct spawn *start,
                              const int fds[static 3], const struct screen_signals *signals,
                              int report);
/* In the child: move FDS to 0 to 2 and become the command; ends the process on failure. */
_Noreturn void screen_become(const struct spawn *start, const int fds[static 3],
                             const struct screen_signals *signals);

#endif
