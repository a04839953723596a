/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Times a worker that loads nothing, from its start to its end, in turn with an empty program.
 *
 *     worker ROUNDS EMPTY
 *
 * fob-worker is that of $FOB_LIBEXEC.  Prints a line for each run, as pair does.
 */
#include "config.h"

#include <fob/fob.h>

#include "core/plugin/worker_process.h"

#include <err.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void log_nothing(const char *line, void *data)
{
    (void)data;
    warnx("fob-worker: %s", line);
}

static void run_worker(void)
{
    const struct worker_start start = { .log = log_nothing };
    struct worker_process *process = NULL;

    if (worker_process_start(&start, &process) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    worker_process_end(process);
}

static void run_empty(const char *path)
{
    char *const argv[] = { (char *)(uintptr_t)path, NULL };
    pid_t child;

    if (posix_spawn(&child, path, NULL, NULL, argv, environ) != 0 ||
        waitpid(child, NULL, 0) != child)
        errx(1, "%s: cannot be run", path);
}

int main(int argc, char **argv)
{
    long rounds = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

    for (long round = -2; round < rounds; round++) {
        double begun = now_us();
        double between;

        run_empty(argv[2]);
        between = now_us();
        run_worker();
        if (round >= 0)
            printf("empty program\t%.1f\t0\t0\nworker\t%.1f\t0\t0\n", between - begun,
                   now_us() - between);
    }
    return 0;
}
