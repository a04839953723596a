/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The process of a worker, as the host has it: fob-worker, started, listened to, and ended.  What
 * is said on its control socket is fob-worker(7)'s and the caller's matter.
 */
#ifndef FOB_CORE_PLUGIN_WORKER_PROCESS_H
#define FOB_CORE_PLUGIN_WORKER_PROCESS_H

#include <stdbool.h>

struct worker_start {
    bool programs; /* its plugin may start some, so that it has a keeper */
    void (*log)(const char *line, void *data); /* told each line that it prints */
    void *data;
};

struct worker_process;

/*
 * Start fob-worker, a file that is trusted as a plugin is.  It is no child of this process.  It has
 * nothing open but its control socket, and a pipe as its standard output and error.
 *
 * FOB_WORKER_PREFIX, words before the program, is for people who write plugins: not in a
 * set-user-ID program.
 *
 * Returns FOB_SUCCESS, FOB_CONFIG (it is missing, not trusted, or cannot be run), FOB_SYSTEM,
 * FOB_NOMEM.
 */
int worker_process_start(const struct worker_start *start, struct worker_process **process);
/* Whether it was started by FOB_WORKER_PREFIX, whose program no sandbox would leave in peace. */
bool worker_process_is_bare(const struct worker_process *process);

/* The control socket, and the end of the pipe to read, which does not block: the process's own. */
int worker_process_control(const struct worker_process *process);
int worker_process_output(const struct worker_process *process);
/* Read what it has printed by now, and log it: 1000 lines and 1 MiB in its life.  Any thread may.
 */
void worker_process_pump(struct worker_process *process);

/* End it at once, with all that it started.  Any thread may; it is still to be ended by the next.
 */
void worker_process_kill(struct worker_process *process);
/* Shut the control socket, log what it prints for two seconds at most, until it ends; else kill it.
 * In a child of fork() the process is left alone.  Frees PROCESS, which may be NULL. */
void worker_process_end(struct worker_process *process);

#endif
