/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A terminal between fob's and the command. */
#include "config.h"

#include "exec/screen.h"

#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

int screen_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void screen_resize(const struct screen *screen)
{
    struct winsize size;

    if (screen->outer >= 0 && ioctl(screen->outer, TIOCGWINSZ, &size) == 0)
        (void)ioctl(screen->master, TIOCSWINSZ, &size);
}

int screen_open(int outer, struct screen *screen)
{
    const char *name;

    *screen = (struct screen){ .outer = outer, .master = -1, .slave = -1 };
    if (outer < 0)
        return FOB_SUCCESS;
    screen->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (screen->master >= 0 && grantpt(screen->master) == 0 && unlockpt(screen->master) == 0) {
        name = ptsname(screen->master);
        screen->slave = name != NULL ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    }
    if (screen->slave < 0 || tcgetattr(outer, &screen->saved) < 0 ||
        tcsetattr(screen->slave, TCSANOW, &screen->saved) < 0 ||
        fcntl(screen->master, F_SETFL, O_NONBLOCK) < 0)
        return output_fail(FOB_SYSTEM, NULL, "a terminal for the command: %m");
    screen_resize(screen);
    return FOB_SUCCESS;
}

void screen_enter(struct screen *screen)
{
    struct termios raw = screen->saved;

    if (screen->outer < 0 || screen->raw || tcgetpgrp(screen->outer) != getpgrp())
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
}

void screen_become(const struct start *start, const int fds[static 3], const sigset_t *mask)
{
    int held[3];

    /* Away from where they are going to, for one may be in another's place. */
    for (int i = 0; i < 3; i++)
        held[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
    for (int i = 0; i < 3; i++) {
        if (held[i] >= 0)
            dup2(held[i], i);
    }
    for (int i = 0; i < 3; i++)
        close(held[i]);
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

void screen_monitor(const struct screen *screen, const struct start *start, const int fds[static 3],
                    const sigset_t *mask, int tell)
{
    pid_t command;
    int status = 0;

    setsid();
    (void)ioctl(screen->slave, TIOCSCTTY, 0);
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
    for (;;) {
        if (waitpid(command, &status, WUNTRACED) < 0) {
            if (errno == EINTR)
                continue;
            _exit(START_NOT_EXECUTABLE);
        }
        if (!WIFSTOPPED(status))
            _exit(screen_status(status));
        /* fob sees this stop, stops too, and continues both. */
        raise(SIGSTOP);
        give_terminal(screen->slave, command);
        kill(-command, SIGCONT);
    }
}
