/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Becoming the command.
 */
#ifndef FOB_FOB_EXEC_SPAWN_H
#define FOB_FOB_EXEC_SPAWN_H

#include "fob/exec/environment.h"

/* The exit statuses of a command that did not start, as in shells (POSIX, 2.8.2). */
#define SPAWN_NOT_EXECUTABLE 126
#define SPAWN_NOT_FOUND 127

struct spawn {
    char **argv;
    struct environment environment;
    int header;                        /* a sealed file in memory; -1 for none */
    int header_fd;                     /* the command's descriptor for it */
    void (*report)(int code);          /* reports fob_error(), even in a child that cannot return */
    void (*at_file_limit)(int signal); /* the command's action for SIGXFSZ, which fob ignores */
};

/*
 * Become the command, with fob's original signal actions and none of fob's descriptors.  Returns
 * only on failure: SPAWN_NOT_FOUND or SPAWN_NOT_EXECUTABLE, already reported.
 */
int spawn_command(const struct spawn *start);

#endif
