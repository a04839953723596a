/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Stands in for fob-worker.  Does what bytes on descriptor 3 say: 's' tells the process's state,
 * 'p' prints much, 'n' a line without an end, 'q' closes its output, 'h' hangs, 'c' starts a
 * child that does.  Ends at the end of file.
 */
#include "config.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTROL 3

static void tell_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;

    dprintf(CONTROL, "open");
    for (int fd = 0; fd < 64; fd++) {
        rewinddir(folder);
        while ((entry = readdir(folder)) != NULL) {
            if (strtol(entry->d_name, NULL, 10) == fd && entry->d_name[0] != '.' &&
                fd != dirfd(folder))
                dprintf(CONTROL, " %d", fd);
        }
    }
    dprintf(CONTROL, "\n");
    closedir(folder);
}

static void tell_signals(void)
{
    sigset_t mask;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;

        if (sigismember(&mask, number) == 1)
            dprintf(CONTROL, "blocked %d\n", number);
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            dprintf(CONTROL, "not usual %d\n", number);
    }
}

static void tell_state(void)
{
    char folder[128];
    mode_t mask = umask(0);

    tell_descriptors();
    tell_signals();
    dprintf(CONTROL, "folder %s\n", getcwd(folder, sizeof folder));
    dprintf(CONTROL, "umask %03o\n", (unsigned)mask);
    dprintf(CONTROL, "session %s\n", getsid(0) == getpid() ? "own" : "another");
    for (char **variable = environ; *variable != NULL; variable++)
        dprintf(CONTROL, "variable %s\n", *variable);
    dprintf(CONTROL, "end\n");
}

/* For longer than any test, but not for ever: a test that fails does not end this process. */
static void hang(void)
{
    alarm(300);
    for (;;)
        pause();
}

int main(void)
{
    char command;

    while (read(CONTROL, &command, 1) == 1) {
        if (command == 's')
            tell_state();
        else if (command == 'h')
            hang();
        else if (command == 'c' && fork() == 0)
            hang();
        else if (command == 'n')
            (void)!write(STDERR_FILENO, "no \x1b newline", 12);
        else if (command == 'q')
            close_range(STDOUT_FILENO, STDERR_FILENO, 0);
        else if (command == 'p')
            for (int i = 0; i < 5000; i++)
                dprintf(STDOUT_FILENO, "line %d\n", i);
        if (command == 'p' || command == 'n')
            (void)!write(CONTROL, "end\n", 4);
    }
    return 0;
}
