/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starting a program so that it has nothing of the caller but what it is given: fork, all that has
 * to be done between it and exec, exec.
 */
#ifndef FOB_EXEC_LAUNCH_H
#define FOB_EXEC_LAUNCH_H

#include "program.h"

#include <sys/types.h>

/*
 * A program that runs, the leader of a session and so of a process group of its own.  It is the
 * child of its keeper, a process that tells how it ended, for the application may ignore SIGCHLD,
 * or wait for every process that ends.  The keeper stays until it is killed, and until then the
 * program's number, which is the group's, is nobody else's.
 */
struct launch {
    pid_t supervisor;
    pid_t program;
    int output; /* what it writes to standard output and error; neither blocks */
    int errors;
    int ended; /* where the keeper writes how it ended, as waitid(2) says it: a struct ended */
};

struct ended {
    int code;
    int status;
};

#define LAUNCH_INIT ((struct launch){ 0, 0, -1, -1, -1 })

/*
 * Check the program's file, and run it.  Returns FOB_SUCCESS, or with a message FOB_PLUGIN (it is
 * missing, not trusted, or cannot be run), FOB_CONFIG, FOB_INVALID, FOB_SYSTEM, FOB_NOMEM; nothing
 * runs then.
 */
int launch_program(struct fob_handle *handle, const struct program *program,
                   struct launch *started);
/* Kill what is left of the program's group, and the keeper. */
void launch_end(struct launch *started);
/* Close the descriptors. */
void launch_close(struct launch *started);

#endif
