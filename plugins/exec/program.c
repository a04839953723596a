/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a program: reads its output, enforces its timeout, and kills its whole group. */
#include "config.h"

#include "program.h"

#include "launch.h"
#include "util/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a program may take to end after SIGTERM, */
#define GRACE_MS 2000
/* and how long after an interruption. */
#define ABORT_GRACE_MS 1000
/* How often an interruption is checked for. */
#define POLL_MS 100

/* The state of a running program. */
struct watch {
    struct fob_handle *handle;
    struct launch started;
    struct fob_secret *output;
    struct program_stderr errors;
    int64_t deadline;
    bool ended; /* the supervisor has reported the end, or is gone itself */
    bool known; /* END is known */
    struct ended end;
    int code; /* why the program was stopped, if it did not end by itself */
};

const char *program_stderr_line(const struct program_stderr *errors, size_t index)
{
    size_t first = errors->count > STDERR_LINES ? errors->count - STDERR_LINES : 0;

    return first + index < errors->count ? errors->lines[(first + index) % STDERR_LINES] : NULL;
}

/* End a line; empty lines are dropped. */
static void program_end_line(struct program_stderr *errors)
{
    if (errors->size == 0)
        return;
    errors->lines[errors->count % STDERR_LINES][errors->size] = '\0';
    errors->count++;
    errors->size = 0;
}

static void program_add_stderr(struct program_stderr *errors, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n')
            program_end_line(errors);
        else if (errors->size < STDERR_LINE_SIZE - 1)
            errors->lines[errors->count % STDERR_LINES][errors->size++] =
                data[i] != '\0' ? data[i] : '?';
    }
}

/* Read once from FD, and close it at its end.  False when no more data is available now. */
static bool program_read(struct watch *watch, int *fd)
{
    char data[4096];
    ssize_t size = *fd >= 0 ? read(*fd, data, sizeof data) : 0;
    bool more = size > 0 || (size < 0 && errno == EINTR);

    if (size > 0 && fd == &watch->started.errors)
        program_add_stderr(&watch->errors, data, (size_t)size);
    else if (size > 0 && watch->code == FOB_SUCCESS)
        watch->code = fob_secret_append(watch->output, data, (size_t)size);
    explicit_bzero(data, sizeof data);
    if (!more && (size == 0 || errno != EAGAIN) && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return more;
}

/* Read the available data, up to a limit: a process that left the group may write for ever. */
static void program_drain(struct watch *watch, int *fd)
{
    for (size_t reads = 0; reads < FOB_VALUE_MAX / 1024 && program_read(watch, fd); reads++)
        continue;
}

/* Read the supervisor's report.  The pipe is closed without one if the supervisor was killed. */
static void program_read_end(struct watch *watch)
{
    ssize_t got;

    do
        got = read(watch->started.ended, &watch->end, sizeof watch->end);
    while (got < 0 && errno == EINTR);
    watch->ended = true;
    watch->known = got == sizeof watch->end;
}

/* Wait at most MS milliseconds for the program's end. */
static void program_await_end(struct watch *watch, int64_t ms)
{
    const int64_t deadline = clock_ms() + ms;
    struct pollfd fd = { .fd = watch->started.ended, .events = POLLIN };
    int64_t left = ms;

    while (!watch->ended && left > 0) {
        if (poll(&fd, 1, (int)left) > 0)
            program_read_end(watch);
        left = deadline - clock_ms();
    }
}

/* Read until the program has ended, its time is over, it has written too much, or fob was
 * interrupted. */
static void program_watch_output(struct watch *watch)
{
    while (watch->code == FOB_SUCCESS && !watch->ended) {
        struct pollfd fds[] = {
            { .fd = watch->started.output, .events = POLLIN },
            { .fd = watch->started.errors, .events = POLLIN },
            { .fd = watch->started.ended, .events = POLLIN },
        };
        int64_t left = watch->deadline - clock_ms();

        if (left <= 0)
            watch->code = FOB_UNAVAILABLE;
        else if (fob_is_over(watch->handle))
            watch->code = FOB_ABORT;
        else if (poll(fds, 3, left < POLL_MS ? (int)left : POLL_MS) <= 0)
            continue;
        if (fds[0].revents != 0)
            program_read(watch, &watch->started.output);
        if (fds[1].revents != 0)
            program_read(watch, &watch->started.errors);
        if (fds[2].revents != 0)
            program_read_end(watch);
    }
}

/* End the program and the rest of its group. */
static void program_end_group(struct watch *watch)
{
    if (!watch->ended) {
        kill(-watch->started.program, SIGTERM);
        program_await_end(watch, watch->code == FOB_ABORT ? ABORT_GRACE_MS : GRACE_MS);
    }
    launch_end(&watch->started);
}

/* Set the error that says why the program was stopped. */
static int program_fail(struct fob_handle *handle, const struct program *program, int code)
{
    const char *provider = fob_provider_name(handle);
    const char *path = program->arguments[0];

    switch (code) {
    case FOB_UNAVAILABLE:
        fob_fail(handle, code, "provider %s: exec: %s: not done within %" PRId64 " s", provider,
                 path, program->timeout);
        fob_hint(handle, "the option timeout gives it more time");
        return code;
    case FOB_ABORT:
        return fob_fail(handle, code, "provider %s: exec: %s: interrupted", provider, path);
    case FOB_INVALID:
        return fob_fail(handle, FOB_PLUGIN, "provider %s: exec: %s: its answer has over %d bytes",
                        provider, path, FOB_VALUE_MAX);
    default:
        return program_nomem(handle);
    }
}

/* Watch a started program until its end. */
static int program_finish(struct fob_handle *handle, const struct program *program,
                          struct watch *watch)
{
    program_watch_output(watch);
    program_end_group(watch);
    program_drain(watch, &watch->started.output);
    program_drain(watch, &watch->started.errors);
    program_end_line(&watch->errors);
    if (watch->code != FOB_SUCCESS)
        return program_fail(handle, program, watch->code);
    if (watch->known)
        return FOB_SUCCESS;
    return fob_fail(handle, FOB_SYSTEM, "provider %s: exec: %s: how it ended is not known",
                    fob_provider_name(handle), program->arguments[0]);
}

int program_run(struct fob_handle *handle, const struct program *program, struct ending *ending)
{
    struct watch watch = { .handle = handle, .started = LAUNCH_INIT };
    int code = fob_secret_new("", 0, &watch.output);

    if (code != FOB_SUCCESS)
        return program_nomem(handle);
    watch.deadline = clock_ms() + program->timeout * 1000;
    code = launch_program(handle, program, &watch.started);
    if (code == FOB_SUCCESS)
        code = program_finish(handle, program, &watch);
    launch_close(&watch.started);
    *ending = (struct ending){ .output = watch.output,
                               .errors = watch.errors,
                               .status = watch.end.status,
                               .signaled = watch.end.code != CLD_EXITED };
    return code;
}

void program_ending_free(struct ending *ending)
{
    fob_secret_free(ending->output);
    ending->output = NULL;
}
