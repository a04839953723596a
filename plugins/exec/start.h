/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starting a program so that it has nothing of the caller but what it is given: fork, all that has
 * to be done between it and exec, exec.
 */
#ifndef FOB_EXEC_START_H
#define FOB_EXEC_START_H

#include "program.h"

#include <sys/types.h>

/* A program that runs, the leader of a session and so of a process group of its own. */
struct started {
    pid_t pid;
    int output; /* what it writes to standard output and error; neither blocks */
    int words;
};

#define STARTED_INIT ((struct started){ 0, -1, -1 })

/*
 * Check the program's file, and run it.  Returns FOB_SUCCESS, or with a message FOB_PLUGIN (it is
 * missing, not trusted, or can not be run), FOB_CONFIG, FOB_INVALID, FOB_SYSTEM, FOB_NOMEM; nothing
 * runs then.
 */
int start(struct fob_handle *handle, const struct program *program, struct started *started);
/* Close the descriptors. */
void started_close(struct started *started);

#endif
