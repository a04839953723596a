/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Becoming the command.
 */
#ifndef FOB_FOB_EXEC_SPAWN_H
#define FOB_FOB_EXEC_SPAWN_H

#include "fob/exec/environment.h"

/* The exit statuses of a command that did not start, as a shell has them (POSIX, 2.8.2). */
#define SPAWN_NOT_EXECUTABLE 126
#define SPAWN_NOT_FOUND 127

struct spawn {
    char **argv;
    struct environment environment;
    int header;               /* a sealed file in memory; -1 for none */
    int header_fd;            /* where the command finds it */
    void (*report)(int code); /* tells fob_error(): also where nobody is left to return to */
    void (*at_file_limit)(int signal); /* what the command does at SIGXFSZ, which fob ignores */
};

/*
 * Become the command: with the signals' actions that fob was started with, none of fob's
 * descriptors, and FOB_SUCCESS never returned.  Returns SPAWN_NOT_FOUND or SPAWN_NOT_EXECUTABLE,
 * told.
 */
int spawn_command(const struct spawn *start);

#endif
