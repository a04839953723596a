/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A terminal between fob's and the command. */
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

/* The terminal whose look the command's output has. */
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

/* What a shell gives a job: what is there instead may be the shell's own line editing. */
static void screen_set_job_modes(struct termios *mode)
{
    mode->c_iflag |= ICRNL | IXON;
    mode->c_iflag &= ~(tcflag_t)(INLCR | IGNCR);
    mode->c_oflag |= OPOST | ONLCR;
    mode->c_lflag |= ICANON | ISIG | IEXTEN | ECHO | ECHOE | ECHOK;
}

/* The new terminal is in the mode of fob's; but only one of both makes CR LF of LF. */
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

/* Where fob may wait for its terminal, and whether it is fob's to read: what is read by nobody
 * without --mask is not read by fob. */
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

/* In the background, where only one to whom SIGTTOU is blocked can do that, they are put back only
 * if nobody else has seen to it. */
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

    /* Away from where they are going to, for one may be in another's place; what is there already
     * stays, since it may be one that the caller has closed. */
    for (int i = 0; i < 3; i++)
        held[i] = fds[i] != i ? fcntl(fds[i], F_DUPFD_CLOEXEC, 3) : -1;
    for (int i = 0; i < 3; i++) {
        if (held[i] >= 0)
            dup2(held[i], i);
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

/* In the foreground of TERMINAL; a background process may do that only without SIGTTOU. */
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

/* The command has stopped: fob sees this stop, stops too, and continues both. */
static void screen_stop_with(const struct screen *screen, pid_t command)
{
    raise(SIGSTOP);
    screen_set_foreground(screen->slave, command);
    kill(-command, SIGCONT);
}

/* Until COMMAND ends.  The kernel tells a hangup to the session's leader alone, and all signals are
 * blocked here, as they are for fob: so both that matter are waited for. */
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
            /* By now fob has put its terminal's modes back, or will never. */
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
    /* Only fob's: when it is gone, by SIGKILL even, the terminal hangs up. */
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
