/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Runs a command on a kernel that lacks system calls, or refuses them:
 *
 *     without CALL[:EPERM][,CALL...] COMMAND [ARGUMENT...]
 *
 * CALL is one of the table, or landlock.
 */
#include "config.h"

#include "../unit/forbid.h"

#include "util/calls.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    { "landlock", SYS_landlock_create_ruleset },
    { "landlock_add_rule", SYS_landlock_add_rule },
    { "landlock_restrict_self", SYS_landlock_restrict_self },
    { "seccomp", SYS_seccomp },
    { "prctl", SYS_prctl },
    { "capget", SYS_capget },
    { "capset", SYS_capset },
    { "prlimit64", SYS_prlimit64 },
    { "sigaltstack", SYS_sigaltstack },
    { "signalfd4", SYS_signalfd4 },
    { "clone", SYS_clone },
    { "clone3", SYS_clone3 },
    { "execveat", SYS_execveat },
    { "close_range", SYS_close_range },
    { "setsid", SYS_setsid },
    { "chdir", SYS_chdir },
    { "socketpair", SYS_socketpair },
    { "pipe2", SYS_pipe2 },
    { "pidfd_open", SYS_pidfd_open },
    { "pidfd_send_signal", SYS_pidfd_send_signal },
    { "waitid", SYS_waitid },
    { "mlock", SYS_mlock },
    { "madvise", SYS_madvise },
};

static const struct {
    const char *name;
    int number;
} errors[] = { { "EPERM", EPERM }, { "EAGAIN", EAGAIN }, { "ENOSYS", ENOSYS } };

static unsigned call_of(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(name, calls[i].name) == 0)
            return calls[i].number;
    }
    errx(64, "no call %s", name);
}

static int error_of(const char *name)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strcmp(name, errors[i].name) == 0)
            return errors[i].number;
    }
    errx(64, "no error %s", name);
}

int main(int argc, char **argv)
{
    unsigned numbers[16];
    int wanted[16];
    int count = 0;

    if (argc < 3)
        errx(64, "usage: without CALL[:EPERM][,CALL...] COMMAND [ARGUMENT...]");
    for (char *word = strtok(argv[1], ","); word != NULL && count < 16; word = strtok(NULL, ",")) {
        char *error = strchr(word, ':');

        if (error != NULL)
            *error++ = '\0';
        numbers[count] = call_of(word);
        wanted[count++] = error != NULL ? error_of(error) : ENOSYS;
    }
    /* The call that makes a filter is refused last. */
    for (int late = 0; late < 2; late++) {
        for (int i = 0; i < count; i++) {
            bool needed = numbers[i] == SYS_prctl;

            if (needed == (late == 1) && forbid(numbers[i], wanted[i]) != 0)
                err(1, "without");
        }
    }
    execvp(argv[2], argv + 2);
    err(127, "%s", argv[2]);
}
