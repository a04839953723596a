/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a command on a terminal between fob's and the command. */
#include "config.h"

#include "fob/exec/screen.h"

#include "util/die.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct screen_modes {
    volatile bool changed;
    struct termios before; /* fob's terminal, before it was made raw */
    struct termios raw;
};

void screen_resize(const struct screen *screen)
{
    struct winsize size;

    if (screen->outer >= 0 && ioctl(screen->outer, TIOCGWINSZ, &size) == 0)
        (void)ioctl(screen->master, TIOCSWINSZ, &size);
}

/* The terminal that shows the command's output. */
static int screen_outer_terminal(void)
{
    return isatty(STDOUT_FILENO) ? STDOUT_FILENO : isatty(STDERR_FILENO) ? STDERR_FILENO : -1;
}

static int screen_open_sides(struct screen *screen)
{
    const char *name;

    screen->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (screen->master < 0 || grantpt(screen->master) < 0 || unlockpt(screen->master) < 0)
        return -1;
    name = ptsname(screen->master);
    screen->slave = name != NULL ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    return screen->slave >= 0 ? 0 : -1;
}

static bool screen_in_foreground(const struct screen *screen)
{
    return tcgetpgrp(screen->outer) == getpgrp();
}

/* Set the modes that a shell gives a job; the present ones may be those of the shell's line
 * editing. */
static void screen_set_job_modes(struct termios *mode)
{
    mode->c_iflag |= ICRNL | IXON;
    mode->c_iflag &= ~(tcflag_t)(INLCR | IGNCR);
    mode->c_oflag |= OPOST | ONLCR;
    mode->c_lflag |= ICANON | ISIG | IEXTEN | ECHO | ECHOE | ECHOK;
}

/* Copy fob's terminal modes to the new terminal; but only one of the two may turn LF into CR LF. */
static int screen_copy_mode(const struct screen *screen)
{
    struct termios mode;

    if (tcgetattr(screen->outer, &mode) < 0)
        return -1;
    if (!screen->job)
        mode.c_oflag ^= OPOST;
    else if (!screen_in_foreground(screen))
        screen_set_job_modes(&mode);
    return tcsetattr(screen->slave, TCSANOW, &mode);
}

/* Open fob's terminal for waiting, and find whether fob may read it: fob does not read input that
 * would not be read without --mask. */
static void screen_open_own(struct screen *screen)
{
    if (tcgetpgrp(screen->outer) < 0)
        return;
    screen->own = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    screen->job = screen->own >= 0 && screen->outer == STDOUT_FILENO && isatty(STDIN_FILENO) &&
                  tcgetpgrp(STDIN_FILENO) >= 0;
}

int screen_open(struct screen *screen)
{
    *screen = SCREEN_INIT;
    screen->outer = screen_outer_terminal();
    if (screen->outer < 0)
        return FOB_SUCCESS;
    screen_open_own(screen);
    screen->modes = mmap(NULL, sizeof *screen->modes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (screen->modes == MAP_FAILED)
        screen->modes = NULL;
    if (screen->modes == NULL || screen_open_sides(screen) < 0 || screen_copy_mode(screen) < 0)
        return error_set(FOB_SYSTEM, "a terminal for the command: %m");
    screen_resize(screen);
    return FOB_SUCCESS;
}

void screen_enter(struct screen *screen)
{
    struct screen_modes *modes = screen->modes;

    if (!screen->job || screen->raw || !screen_in_foreground(screen) ||
        !turn_acquire(&screen->turn))
        return;
    if (tcgetattr(screen->outer, &modes->before) == 0) {
        modes->raw = modes->before;
        cfmakeraw(&modes->raw);
        modes->changed = true;
        screen->raw = tcsetattr(screen->outer, TCSANOW, &modes->raw) == 0;
    }
    if (!screen->raw)
        turn_release(&screen->turn);
}

static bool screen_is_raw_still(const struct screen *screen)
{
    const struct termios *raw = &screen->modes->raw;
    struct termios now;

    return tcgetattr(screen->outer, &now) == 0 && now.c_iflag == raw->c_iflag &&
           now.c_oflag == raw->c_oflag && now.c_lflag == raw->c_lflag;
}

/* Restore the modes.  In the background, which needs SIGTTOU blocked, only if nobody else has
 * changed them. */
static void screen_restore_modes(const struct screen *screen)
{
    sigset_t one;
    sigset_t old;

    if (!screen_in_foreground(screen) && !screen_is_raw_still(screen))
        return;
    sigemptyset(&one);
    sigaddset(&one, SIGTTOU);
    sigprocmask(SIG_BLOCK, &one, &old);
    while (tcsetattr(screen->outer, TCSADRAIN, &screen->modes->before) < 0 && errno == EINTR)
        continue;
    sigprocmask(SIG_SETMASK, &old, NULL);
}

void screen_leave(struct screen *screen)
{
    if (screen->raw) {
        screen_restore_modes(screen);
        screen->modes->changed = false;
    }
    screen->raw = false;
    turn_release(&screen->turn);
}

void screen_return(struct screen *screen)
{
    if (screen->raw && !screen_is_raw_still(screen)) {
        screen->modes->changed = false;
        screen->raw = false;
        turn_release(&screen->turn);
    }
    screen_enter(screen);
}

void screen_close(struct screen *screen)
{
    screen_leave(screen);
    if (screen->master >= 0)
        close(screen->master);
    if (screen->slave >= 0)
        close(screen->slave);
    if (screen->own >= 0)
        close(screen->own);
    if (screen->modes != NULL)
        munmap(screen->modes, sizeof *screen->modes);
}

void screen_become(const struct spawn *start, const int fds[static 3],
                   const struct screen_signals *signals)
{
    int held[3];

    /* Move the descriptors away first, because one may have another's number.  A descriptor that is
     * in place stays: the caller may have closed it. */
    for (int i = 0; i < 3; i++)
        held[i] = fds[i] != i ? fcntl(fds[i], F_DUPFD_CLOEXEC, 3) : i;
    for (int i = 0; i < 3; i++) {
        /* Without its new descriptor the command would write past the mask. */
        if (held[i] < 0 || (held[i] != i && dup2(held[i], i) < 0)) {
            start->report(error_set(FOB_SYSTEM, "the command cannot be started: %m"));
            _exit(SPAWN_NOT_EXECUTABLE);
        }
    }
    sigaction(SIGCHLD, &signals->child, NULL);
    sigprocmask(SIG_SETMASK, &signals->mask, NULL);
    _exit(spawn_command(start));
}

static void screen_report_pid(int report, pid_t number)
{
    ssize_t written = write(report, &number, sizeof number);

    (void)written;
    close(report);
}

/* Put GROUP into the foreground of TERMINAL.  In the background this needs SIGTTOU blocked. */
static void screen_set_foreground(int terminal, pid_t group)
{
    sigset_t one;
    sigset_t old;

    sigemptyset(&one);
    sigaddset(&one, SIGTTOU);
    sigprocmask(SIG_BLOCK, &one, &old);
    (void)tcsetpgrp(terminal, group);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* The command has stopped: stop as well, so that fob sees it, stops too, and later continues
 * both. */
static void screen_stop_with(const struct screen *screen, pid_t command)
{
    raise(SIGSTOP);
    screen_set_foreground(screen->slave, command);
    kill(-command, SIGCONT);
}

/* Wait until COMMAND ends.  All signals are blocked, so wait for SIGCHLD, and for SIGHUP, which
 * only the session's leader gets. */
_Noreturn static void screen_wait(const struct screen *screen, pid_t command)
{
    sigset_t awaited;
    int number = 0;
    int status;

    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGHUP);
    for (;;) {
        sigwait(&awaited, &number);
        if (number == SIGHUP) {
            /* fob has restored its terminal's modes by now, or never will. */
            if (screen->modes->changed)
                (void)tcsetattr(screen->outer, TCSANOW, &screen->modes->before);
            kill(-command, SIGHUP);
            kill(-command, SIGCONT);
        }
        while (waitpid(command, &status, WUNTRACED | WNOHANG) == command) {
            if (WIFSIGNALED(status))
                die_of_signal(WTERMSIG(status));
            if (!WIFSTOPPED(status))
                _exit(WEXITSTATUS(status));
            screen_stop_with(screen, command);
        }
    }
}

void screen_monitor(const struct screen *screen, const struct spawn *start, const int fds[static 3],
                    const struct screen_signals *signals, int report)
{
    pid_t command;

    setsid();
    (void)ioctl(screen->slave, TIOCSCTTY, 0);
    /* Only fob keeps the master open: when fob dies, even by SIGKILL, the terminal hangs up. */
    close(screen->master);
    command = fork();
    if (command == 0) {
        setpgid(0, 0);
        screen_set_foreground(screen->slave, getpid());
        screen_become(start, fds, signals);
    }
    if (command < 0)
        _exit(SPAWN_NOT_EXECUTABLE);
    setpgid(command, command);
    screen_report_pid(report, command);
    screen_wait(screen, command);
}
