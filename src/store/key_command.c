/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Key commands: run once for each unlocking, when nothing cheaper opens. */
#include "config.h"

#include "store/key_command.h"

#include "util/child.h"
#include "util/error.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

/* A person may have to find a token, or type a PIN. */
#define WAIT_S 300
#define OUTPUT_MAX 4096

static int refuse(const char *command, const char *why)
{
    error_set(FOB_LOCKED, "key_command %s: %s", command, why);
    error_hint("see key_command in fob.yaml(5); try it by hand");
    return FOB_LOCKED;
}

static time_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* All that comes through FD, into OUTPUT of OUTPUT_MAX bytes; the number, or -1 for too late, or
 * too much. */
static ssize_t collect(int fd, struct fob_secret *output)
{
    const time_t end = now() + WAIT_S;
    size_t size = 0;

    for (;;) {
        struct pollfd wait = { fd, POLLIN, 0 };
        time_t left = end - now();
        ssize_t got;

        if (left <= 0 || size == OUTPUT_MAX)
            return -1;
        if (poll(&wait, 1, (int)left * 1000) < 0 && errno != EINTR)
            return -1;
        if (wait.revents == 0)
            continue;
        got = read(fd, secret_buffer(output) + size, OUTPUT_MAX - size);
        if (got == 0)
            return (ssize_t)size;
        if (got > 0)
            size += (size_t)got;
        else if (errno != EINTR && errno != EAGAIN)
            return -1;
    }
}

static int run(char *const *argv, const int *pipe_ends, struct fob_secret *output)
{
    static char *const nothing[] = { NULL };
    struct child child;
    const char *why;
    ssize_t size;
    int error =
        child_start(argv, getauxval(AT_SECURE) != 0 ? nothing : environ, pipe_ends[1], &child);

    close(pipe_ends[1]);
    if (error != 0) {
        close(pipe_ends[0]);
        return refuse(argv[0], strerror(error));
    }
    size = collect(pipe_ends[0], output);
    close(pipe_ends[0]);
    why = child_end(&child, size < 0 ? 0 : WAIT_S, NULL, NULL);
    if (size < 0)
        return refuse(argv[0], "it printed too much, or nothing for too long");
    if (why != NULL)
        return refuse(argv[0], why);
    if (size > 0 && fob_secret_data(output)[size - 1] == '\n')
        size--;
    if (size < KEY_COMMAND_LEAST)
        return refuse(argv[0], "it printed fewer than 16 bytes, which could be guessed");
    secret_truncate(output, (size_t)size);
    return FOB_SUCCESS;
}

int key_command_run(char *const *argv, struct fob_secret **material)
{
    struct fob_secret *output = NULL;
    int pipe_ends[2];
    int code = secret_alloc(OUTPUT_MAX, &output);

    if (code == FOB_SUCCESS && pipe2(pipe_ends, O_CLOEXEC) < 0)
        code = error_system("key_command %s", argv[0]);
    else if (code == FOB_SUCCESS)
        code = run(argv, pipe_ends, output);
    if (code != FOB_SUCCESS) {
        fob_secret_free(output);
        return code;
    }
    *material = output;
    return FOB_SUCCESS;
}
