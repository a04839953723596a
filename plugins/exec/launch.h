/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starting a program that inherits nothing from the caller except what it is given.
 */
#ifndef FOB_EXEC_LAUNCH_H
#define FOB_EXEC_LAUNCH_H

#include "program.h"

#include <sys/types.h>

/*
 * A running program, the leader of its own session and process group.  Its parent is a supervisor,
 * a process that reports how it ended: fob cannot wait for the program itself, since the
 * application may ignore SIGCHLD or reap every child.  The supervisor stays until it is killed, so
 * that the process group's number is not reused until then.
 */
struct launch {
    pid_t supervisor;
    pid_t program;
    int output; /* the program's stdout and stderr; both non-blocking */
    int errors;
    int ended; /* where the supervisor writes a struct ended, from waitid(2) */
};

struct ended {
    int code;
    int status;
};

#define LAUNCH_INIT ((struct launch){ 0, 0, -1, -1, -1 })

/*
 * Check the program's file, and start it.  Returns FOB_SUCCESS, or with a message FOB_PLUGIN
 * (missing, not trusted, or cannot be run), FOB_CONFIG, FOB_INVALID, FOB_SYSTEM, FOB_NOMEM; then
 * nothing runs.
 */
int launch_program(struct fob_handle *handle, const struct program *program,
                   struct launch *started);
/* Kill the rest of the program's group, and the supervisor. */
void launch_end(struct launch *started);
/* Close the descriptors. */
void launch_close(struct launch *started);

#endif
