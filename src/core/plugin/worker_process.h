/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The process of a worker, seen by the host: starting fob-worker, logging its output, and ending
 * it.  The caller uses the control socket (fob-worker(7)).
 */
#ifndef FOB_CORE_PLUGIN_WORKER_PROCESS_H
#define FOB_CORE_PLUGIN_WORKER_PROCESS_H

#include "util/reveal.h"

struct worker_start {
    bool programs; /* its plugin may start programs, so the worker has a keeper */
    void (*log)(const char *line, void *data); /* called for each line that it prints */
    void *data;
};

struct worker_process;

/*
 * Start fob-worker, whose file must be trusted as a plugin's.  The process is no child of this one.
 * Only its control socket, and a pipe as its standard output and error, are open.
 *
 * FOB_WORKER_PREFIX, a command that runs the program, is for debugging plugins.  A set-user-ID
 * program ignores it.
 *
 * Returns FOB_SUCCESS, FOB_CONFIG (the file is missing, not trusted, or cannot be run), FOB_SYSTEM,
 * FOB_NOMEM.
 */
int worker_process_start(const struct worker_start *start, struct worker_process **process);
/* Whether FOB_WORKER_PREFIX started the process: its program cannot work in a sandbox. */
bool worker_process_is_bare(const struct worker_process *process);

/* The control socket, and the pipe's read end, which does not block and is -1 once the worker has
 * closed its end; both borrowed. */
int worker_process_control(const struct worker_process *process);
int worker_process_output(const struct worker_process *process);
/* Log the output so far, at most 1000 lines of 1023 bytes for each process.  Thread-safe. */
void worker_process_pump(struct worker_process *process);

/* The secrets of a call: AT finds them with DATA, in any thread. */
struct worker_secrets {
    struct worker_secrets *next;
    reveal_fn *at;
    const void *data;
};

/* Mask SECRETS, borrowed, in the output from now on.  Thread-safe, as the next. */
void worker_process_mask(struct worker_process *process, struct worker_secrets *secrets);
/* Mask a copy of VALUE until the process ends, or many others were kept after it: a plugin may
 * print it after its hook.  Thread-safe. */
void worker_process_keep(struct worker_process *process, struct span value);
/* The call is over: log the output so far, and forget SECRETS.  With MUTE, log no more. */
void worker_process_forget(struct worker_process *process, struct worker_secrets *secrets,
                           bool mute);

/* Kill the process, and all programs that it started.  Thread-safe.  Call worker_process_end()
 * afterwards. */
void worker_process_kill(struct worker_process *process);
/* Shut the control socket, and wait at most two seconds for the process to end, or to close its
 * output; then kill it.  In a child of fork(), the process continues.  Frees PROCESS, which may be
 * NULL. */
void worker_process_end(struct worker_process *process);

#endif
