/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Watches over a running program: reads what it writes, keeps its time, leaves nothing of it. */
#include "config.h"

#include "program.h"

#include "start.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a program may take to end after it was asked to, in milliseconds. */
#define GRACE 2000
/* How long to wait at most before looking whether it has ended, in milliseconds. */
#define TICK_MAX 32

/* A program that is watched. */
struct watch {
    struct started started;
    struct fob_secret *output;
    struct words words;
    int64_t deadline;
    bool lost; /* its number may be another's by now */
    int code;  /* why the watch is over, when the program did not end by itself */
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

const char *words_line(const struct words *words, size_t index)
{
    size_t first = words->count > WORDS_LINES ? words->count - WORDS_LINES : 0;

    return first + index < words->count ? words->lines[(first + index) % WORDS_LINES] : NULL;
}

/* Empty lines are not kept. */
static void end_line(struct words *words)
{
    if (words->size == 0)
        return;
    words->lines[words->count % WORDS_LINES][words->size] = '\0';
    words->count++;
    words->size = 0;
}

static void keep_words(struct words *words, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n')
            end_line(words);
        else if (words->size < WORDS_SIZE - 1)
            words->lines[words->count % WORDS_LINES][words->size++] =
                data[i] != '\0' ? data[i] : '?';
    }
}

/* Read once from FD, and close it at its end.  False when there is nothing more for now. */
static bool take(struct watch *watch, int *fd)
{
    char data[4096];
    ssize_t size = *fd >= 0 ? read(*fd, data, sizeof data) : 0;
    bool more = size > 0 || (size < 0 && errno == EINTR);

    if (size > 0 && fd == &watch->started.words)
        keep_words(&watch->words, data, (size_t)size);
    else if (size > 0 && watch->code == FOB_SUCCESS)
        watch->code = fob_secret_append(watch->output, data, (size_t)size);
    explicit_bzero(data, sizeof data);
    if (!more && (size == 0 || errno != EAGAIN) && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return more;
}

/* Read what is there.  Who left the group may write for ever, so this has an end. */
static void drain(struct watch *watch, int *fd)
{
    for (size_t reads = 0; reads < FOB_VALUE_MAX / 1024 && take(watch, fd); reads++)
        continue;
}

/* Whether the program has ended; it is not reaped by this, but somebody else may have done it. */
static bool has_ended(struct watch *watch)
{
    siginfo_t info = { .si_pid = 0 };
    int result;

    do
        result = waitid(P_PID, (id_t)watch->started.pid, &info, WEXITED | WNOHANG | WNOWAIT);
    while (result < 0 && errno == EINTR);
    watch->lost = result < 0;
    return watch->lost || info.si_pid != 0;
}

/* Wait for MS milliseconds at most.  Whether the program has ended. */
static bool await_end(struct watch *watch, int64_t ms)
{
    int64_t deadline = now() + ms;
    bool ended;

    while (!(ended = has_ended(watch)) && now() < deadline)
        poll(NULL, 0, TICK_MAX);
    return ended;
}

/*
 * Read until the program has ended, its time is over, or it has written too much.  A program closes
 * its streams when it ends, which wakes this up at once; one who left somebody behind that holds
 * them is looked for at each tick.
 */
static void watch_it(struct watch *watch)
{
    int tick = 1;

    while (watch->code == FOB_SUCCESS && !has_ended(watch)) {
        struct pollfd fds[] = {
            { .fd = watch->started.output, .events = POLLIN },
            { .fd = watch->started.words, .events = POLLIN },
        };
        int64_t left = watch->deadline - now();

        if (left <= 0)
            watch->code = FOB_UNAVAILABLE;
        else if (poll(fds, 2, left < tick ? (int)left : tick) <= 0)
            tick = tick < TICK_MAX / 2 ? 2 * tick : TICK_MAX;
        else
            tick = 1;
        if (fds[0].revents != 0)
            take(watch, &watch->started.output);
        if (fds[1].revents != 0)
            take(watch, &watch->started.words);
    }
}

/*
 * End the program, and whatever of its group is still there.  Until the program is reaped its
 * number, which is the group's, can not be another's.
 */
static bool end_group(struct watch *watch, bool ended)
{
    pid_t group = -watch->started.pid;

    if (!ended) {
        kill(group, SIGTERM);
        ended = await_end(watch, GRACE);
    }
    if (watch->lost)
        return true;
    kill(group, SIGKILL);
    return ended || await_end(watch, GRACE);
}

static int collect(struct fob_handle *handle, const struct watch *watch, bool ended,
                   siginfo_t *info)
{
    int result;

    do
        result = waitid(P_PID, (id_t)watch->started.pid, info, WEXITED | (ended ? 0 : WNOHANG));
    while (result < 0 && errno == EINTR);
    if (result == 0 || watch->code != FOB_SUCCESS)
        return FOB_SUCCESS;
    fob_fail(handle, FOB_SYSTEM, "provider %s: exec: how the program ended is not known: %m",
             fob_provider_name(handle));
    fob_hint(handle, "the application takes the statuses of processes that are not its own, or "
                     "ignores SIGCHLD");
    return FOB_SYSTEM;
}

/* Why the program was not left to end by itself. */
static int tell_fault(struct fob_handle *handle, const struct program *program, int code)
{
    const char *provider = fob_provider_name(handle);
    const char *path = program->arguments[0];

    switch (code) {
    case FOB_UNAVAILABLE:
        fob_fail(handle, code, "provider %s: exec: %s: not done within %" PRId64 " s", provider,
                 path, program->timeout);
        fob_hint(handle, "the option timeout gives it more time");
        return code;
    case FOB_INVALID:
        return fob_fail(handle, FOB_PLUGIN, "provider %s: exec: %s: its answer has over %d bytes",
                        provider, path, FOB_VALUE_MAX);
    default:
        return fob_fail(handle, code, "out of memory");
    }
}

/* See a started program to its end. */
static int see_out(struct fob_handle *handle, const struct program *program, struct watch *watch,
                   siginfo_t *info)
{
    bool ended;
    int code;

    watch_it(watch);
    ended = end_group(watch, watch->code == FOB_SUCCESS);
    drain(watch, &watch->started.output);
    drain(watch, &watch->started.words);
    end_line(&watch->words);
    code = collect(handle, watch, ended, info);
    return watch->code == FOB_SUCCESS ? code : tell_fault(handle, program, watch->code);
}

int program_run(struct fob_handle *handle, const struct program *program, struct ending *ending)
{
    struct watch watch = { .started = STARTED_INIT };
    siginfo_t info = { .si_pid = 0 };
    int code = fob_secret_new("", 0, &watch.output);

    if (code != FOB_SUCCESS)
        return fob_fail(handle, code, "out of memory");
    watch.deadline = now() + program->timeout * 1000;
    code = start(handle, program, &watch.started);
    if (code == FOB_SUCCESS)
        code = see_out(handle, program, &watch, &info);
    started_close(&watch.started);
    *ending = (struct ending){ .output = watch.output,
                               .words = watch.words,
                               .status = info.si_status,
                               .signaled = info.si_code != CLD_EXITED };
    return code;
}

void ending_free(struct ending *ending)
{
    fob_secret_free(ending->output);
    ending->output = NULL;
}
