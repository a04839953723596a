/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The program of a worker, and the one that renews tokens: file, arguments and environment.
 */
#ifndef FOB_CORE_PLUGIN_WORKER_PROGRAM_H
#define FOB_CORE_PLUGIN_WORKER_PROGRAM_H

#include <stdbool.h>

struct worker_program {
    const char *use; /* what it is for: "plugins run" */
    char *path;
    int file;    /* the checked file; it is executed by this descriptor, unless BARE */
    bool bare;   /* FOB_WORKER_PREFIX runs the program */
    char **argv; /* ends with NULL, as the next */
    char **environment;
};

#define WORKER_PROGRAM_INIT   \
    {                         \
        0, 0, -1, false, 0, 0 \
    }

/* Find and check the program.  Returns FOB_SUCCESS, FOB_CONFIG (it is missing, or not trusted),
 * FOB_SYSTEM, FOB_NOMEM.  Free PROGRAM with worker_program_free(), even on failure. */
int worker_program_find(struct worker_program *program);
int worker_program_find_renewer(struct worker_program *program);
/* Set the error for ERROR of errno(3), with which PROGRAM could not be started.  Returns
 * FOB_CONFIG, FOB_SYSTEM, FOB_NOMEM. */
int worker_program_fail(const struct worker_program *program, int error);
/* The folder of fob's programs and engines in a build that is not installed; NULL otherwise. */
const char *worker_program_uninstalled(void);
/* The path of what lies beside it; the caller frees it; NULL when out of memory. */
char *worker_program_path(const char *name);
void worker_program_free(struct worker_program *program);

#endif
