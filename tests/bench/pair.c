/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Times whole programs in turn, so that a machine that gets slower does so for all of them.
 *
 *     pair ROUNDS INPUT NAME COMMAND [ARGUMENT...] [-- NAME COMMAND [ARGUMENT...]]...
 *
 * An argument "---" stands for "--".  Each command gets the file INPUT as its stdin; what it prints
 * goes to /dev/null.  Prints a line for each run: NAME, wall-clock microseconds, CPU microseconds,
 * its workers' included, peak memory in KiB, by tabs.  A command that fails ends the whole.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 16

struct command {
    const char *name;
    char **argv;
};

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double time_us(const struct timeval *time)
{
    return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

/* Cut ARGV at each "--" into commands; returns how many there are. */
static size_t take_commands(char **argv, struct command *commands)
{
    size_t count = 0;

    while (*argv != NULL) {
        if (count == COMMANDS_MAX || argv[1] == NULL)
            errx(64, "too many commands, or one without a program");
        commands[count++] = (struct command){ argv[0], argv + 1 };
        for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
            if (strcmp(*argv, "---") == 0)
                ++*argv;
        }
        if (*argv != NULL)
            *argv++ = NULL;
    }
    return count;
}

static double cpu_us(const struct rusage *used)
{
    return time_us(&used->ru_utime) + time_us(&used->ru_stime);
}

/* The processor time of what the command has left to this process, as fob does its workers.  They
 * end a little later; others, such as gpg-agent, stay. */
static double orphans_us(void)
{
    const struct timespec pause = { .tv_nsec = 1000000 };
    struct rusage used;
    double all = 0;
    pid_t ended;

    for (int waits = 0; waits < 100; waits += ended == 0) {
        ended = wait4(-1, NULL, WNOHANG, &used);
        if (ended < 0)
            break;
        if (ended > 0)
            all += cpu_us(&used);
        else
            nanosleep(&pause, NULL);
    }
    return all;
}

static void run(const struct command *command, const posix_spawn_file_actions_t *files, bool warm)
{
    double start = now_us();
    struct rusage used;
    double orphans;
    double end;
    pid_t child;
    int status;

    if (posix_spawnp(&child, command->argv[0], files, NULL, command->argv, environ) != 0)
        errx(1, "%s: cannot be run", command->argv[0]);
    if (wait4(child, &status, 0, &used) < 0)
        err(1, "wait4");
    end = now_us();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        errx(1, "%s: failed with status %#x", command->name, (unsigned)status);
    orphans = orphans_us();
    if (!warm)
        printf("%s\t%.1f\t%.0f\t%ld\n", command->name, end - start, cpu_us(&used) + orphans,
               used.ru_maxrss);
}

int main(int argc, char **argv)
{
    struct command commands[COMMANDS_MAX];
    posix_spawn_file_actions_t files;
    size_t count;
    long rounds;

    if (argc < 5)
        errx(64, "usage: pair ROUNDS INPUT NAME COMMAND [ARGUMENT...] [-- ...]");
    rounds = strtol(argv[1], NULL, 10);
    count = take_commands(argv + 3, commands);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, argv[2], O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (long round = -2; round < rounds; round++) {
        for (size_t i = 0; i < count; i++)
            run(&commands[i], &files, round < 0);
    }
    posix_spawn_file_actions_destroy(&files);
    return 0;
}
