/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A terminal between fob's and the command. */
#include "config.h"

#include "exec/screen.h"

#include "util/die.h"
#include "util/error.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

void screen_resize(const struct screen *screen)
{
    struct winsize size;

    if (screen->outer >= 0 && ioctl(screen->outer, TIOCGWINSZ, &size) == 0)
        (void)ioctl(screen->master, TIOCSWINSZ, &size);
}

/* The terminal whose look the command's output has. */
static int outer_terminal(void)
{
    return isatty(STDOUT_FILENO) ? STDOUT_FILENO : isatty(STDERR_FILENO) ? STDERR_FILENO : -1;
}

static int open_sides(struct screen *screen)
{
    const char *name;

    screen->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (screen->master < 0 || grantpt(screen->master) < 0 || unlockpt(screen->master) < 0)
        return -1;
    name = ptsname(screen->master);
    screen->slave = name != NULL ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    return screen->slave >= 0 ? 0 : -1;
}

/* The new terminal is in the mode of fob's; but only one of both makes CR LF of LF. */
static int copy_mode(struct screen *screen)
{
    struct termios mode;

    if (tcgetattr(screen->outer, &screen->saved) < 0)
        return -1;
    mode = screen->saved;
    if (!screen->job)
        mode.c_oflag &= ~(tcflag_t)OPOST;
    return tcsetattr(screen->slave, TCSANOW, &mode);
}

int screen_open(struct screen *screen)
{
    *screen = SCREEN_INIT;
    screen->outer = outer_terminal();
    if (screen->outer < 0)
        return FOB_SUCCESS;
    /* On another session's terminal fob has no job, and no keyboard. */
    screen->job = screen->outer == STDOUT_FILENO && tcgetpgrp(screen->outer) >= 0;
    if (open_sides(screen) < 0 || copy_mode(screen) < 0)
        return error_set(FOB_SYSTEM, "a terminal for the command: %m");
    if (screen->job)
        screen->keyboard =
            isatty(STDIN_FILENO) ? STDIN_FILENO : open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    screen_resize(screen);
    return FOB_SUCCESS;
}

void screen_enter(struct screen *screen)
{
    struct termios raw = screen->saved;

    if (!screen->job || screen->raw || tcgetpgrp(screen->outer) != getpgrp())
        return;
    cfmakeraw(&raw);
    screen->raw = tcsetattr(screen->outer, TCSANOW, &raw) == 0;
}

void screen_leave(struct screen *screen)
{
    if (screen->raw)
        (void)tcsetattr(screen->outer, TCSADRAIN, &screen->saved);
    screen->raw = false;
}

void screen_close(struct screen *screen)
{
    screen_leave(screen);
    if (screen->master >= 0)
        close(screen->master);
    if (screen->slave >= 0)
        close(screen->slave);
    if (screen->keyboard > STDERR_FILENO)
        close(screen->keyboard);
}

void screen_become(const struct start *start, const int fds[static 3], const sigset_t *mask)
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
    sigprocmask(SIG_SETMASK, mask, NULL);
    _exit(start_command(start));
}

static void tell_number(int tell, pid_t number)
{
    ssize_t written = write(tell, &number, sizeof number);

    (void)written;
    close(tell);
}

/* In the foreground of TERMINAL; a background process may do that only without SIGTTOU. */
static void give_terminal(int terminal, pid_t group)
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
static void stop_with(const struct screen *screen, pid_t command)
{
    raise(SIGSTOP);
    give_terminal(screen->slave, command);
    kill(-command, SIGCONT);
}

/* Until COMMAND ends.  The kernel tells a hangup to the session's leader alone, and all signals are
 * blocked here, as they are for fob: so both that matter are waited for. */
_Noreturn static void attend(const struct screen *screen, pid_t command)
{
    sigset_t news;
    int number = 0;
    int status;

    sigemptyset(&news);
    sigaddset(&news, SIGCHLD);
    sigaddset(&news, SIGHUP);
    for (;;) {
        sigwait(&news, &number);
        if (number == SIGHUP) {
            kill(-command, SIGHUP);
            kill(-command, SIGCONT);
        }
        while (waitpid(command, &status, WUNTRACED | WNOHANG) == command) {
            if (WIFSIGNALED(status))
                die_of(WTERMSIG(status));
            if (!WIFSTOPPED(status))
                _exit(WEXITSTATUS(status));
            stop_with(screen, command);
        }
    }
}

void screen_monitor(const struct screen *screen, const struct start *start, const int fds[static 3],
                    const sigset_t *mask, int tell)
{
    pid_t command;

    setsid();
    (void)ioctl(screen->slave, TIOCSCTTY, 0);
    /* Only fob's: when it is gone, by SIGKILL even, the terminal hangs up. */
    close(screen->master);
    command = fork();
    if (command == 0) {
        setpgid(0, 0);
        give_terminal(screen->slave, getpid());
        screen_become(start, fds, mask);
    }
    if (command < 0)
        _exit(START_NOT_EXECUTABLE);
    setpgid(command, command);
    tell_number(tell, command);
    attend(screen, command);
}
