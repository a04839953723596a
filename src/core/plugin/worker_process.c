/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Starts fob-worker, logs its output, and ends it. */
#include "config.h"

#include "core/plugin/worker_process.h"

#include <fob/fob.h>

#include "core/plugin/worker_program.h"
#include "util/array.h"
#include "util/calls.h"
#include "util/clock.h"
#include "util/detach.h"
#include "util/error.h"
#include "util/process.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define END_MS 2000  /* for the process to end by itself … */
#define KILL_MS 1000 /* … and after it was killed */
#define LINES_MAX 1000
/* A line that is longer is logged as several. */
#define LINE_SIZE 1023
/* A secret that is not longer is masked wherever it stands in a line. */
#define LINE_SECRET (8 * LINE_SIZE)
#define LINE_ROOM (2 * LINE_SECRET)
/* The secrets of calls that are over, for masking. */
#define KEPT_MAX 16
/* The most bytes to read at once. */
#define READ_MAX (1024 * 1024)

struct worker_process {
    int control;
    int output;
    int pidfd; /* or -1 */
    bool bare;
    struct worker_start start;
    uint64_t owner;           /* process_id() of the process that started it */
    atomic_bool silent;       /* the worker has closed its end of OUTPUT */
    struct process_lock lock; /* for the members below */
    struct worker_secrets *secrets;
    struct fob_secret *kept[KEPT_MAX]; /* a ring … */
    size_t kept_at;                    /* … and the place of the next one */
    char *line;                        /* of LINE_ROOM bytes, once something was printed */
    size_t size;                       /* of the line so far */
    size_t lines;                      /* logged so far */
};

static void worker_process_free(struct worker_process *process)
{
    const int fds[] = { process->control, process->output, process->pidfd };

    for (size_t i = 0; i < ARRAY_SIZE(fds) && process->owner == process_id(); i++) {
        process_forget(fds[i]);
        if (fds[i] >= 0)
            close(fds[i]);
    }
    if (process->line != NULL)
        explicit_bzero(process->line, LINE_ROOM);
    free(process->line);
    for (size_t i = 0; i < KEPT_MAX; i++)
        fob_secret_free(process->kept[i]);
    free(process);
}

/* Close the worker's ends, its descriptors 0 to 3. */
static void worker_process_close_streams(const int streams[static DETACH_STREAMS])
{
    close(streams[0]);
    close(streams[1]);
    close(streams[3]);
}

/* Returns 0, or an error of errno(3). */
static int worker_process_open_streams(struct worker_process *process,
                                       int streams[static DETACH_STREAMS])
{
    int control[2] = { -1, -1 };
    int output[2] = { -1, -1 };
    int error = 0;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) < 0 ||
        pipe2(output, O_CLOEXEC) < 0 || fcntl(output[0], F_SETFL, O_NONBLOCK) < 0)
        error = errno;
    process->control = control[0];
    process->output = output[0];
    process_close_on_fork(process->control);
    process_close_on_fork(process->output);
    streams[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (streams[0] < 0 && error == 0)
        error = errno;
    streams[1] = output[1];
    streams[2] = output[1];
    streams[3] = control[1];
    return error;
}

/* Returns 0, or an error of errno(3). */
static int worker_process_run(struct worker_process *process, const struct worker_program *program)
{
    struct detach detach = {
        .file = program->bare ? -1 : program->file,
        .argv = program->argv,
        .environment = program->environment,
    };
    int error = worker_process_open_streams(process, detach.streams);

    process->bare = program->bare;
    if (error == 0)
        error = detach_start(&detach, &process->pidfd);
    if (error == 0)
        process_close_on_fork(process->pidfd);
    worker_process_close_streams(detach.streams);
    return error;
}

int worker_process_start(const struct worker_start *start, struct worker_process **process)
{
    struct worker_process *new = malloc(sizeof *new);
    struct worker_program program;
    int error;
    int code;

    if (new == NULL)
        return error_nomem();
    *new = (struct worker_process){ .control = -1,
                                    .output = -1,
                                    .pidfd = -1,
                                    .start = *start,
                                    .owner = process_id(),
                                    .lock = PROCESS_LOCK_INIT };
    code = worker_program_find(&program);
    if (code == FOB_SUCCESS) {
        error = worker_process_run(new, &program);
        code = error == 0 ? FOB_SUCCESS : worker_program_fail(&program, error);
    }
    worker_program_free(&program);
    if (code == FOB_SUCCESS)
        *process = new;
    else
        worker_process_free(new);
    return code;
}

bool worker_process_is_bare(const struct worker_process *process)
{
    return process->bare;
}

int worker_process_control(const struct worker_process *process)
{
    return process->control;
}

int worker_process_output(const struct worker_process *process)
{
    return process->silent ? -1 : process->output;
}

/* The number of bytes at TEXT that reveal a secret of any call. */
static size_t worker_process_secret_at(const void *data, const char *text)
{
    const struct worker_process *process = data;
    size_t max = 0;

    for (const struct worker_secrets *at = process->secrets; at != NULL; at = at->next) {
        const size_t told = at->at(at->data, text);

        max = told > max ? told : max;
    }
    for (size_t i = 0; i < KEPT_MAX && process->kept[i] != NULL; i++) {
        const struct fob_secret *kept = process->kept[i];
        const size_t told = reveal_size(text, fob_secret_data(kept), fob_secret_size(kept));

        max = told > max ? told : max;
    }
    return max;
}

/* Mask the secrets that begin in the first SIZE bytes of the line so far. */
static void worker_process_mask_line(struct worker_process *process, size_t size)
{
    if (process->size == 0)
        return;
    process->line[process->size] = '\0';
    (void)reveal_mask(process->line, size, worker_process_secret_at, process);
}

static void worker_process_log_line(struct worker_process *process, const char *text, size_t size)
{
    char line[LINE_SIZE + 1];

    memcpy(line, text, size);
    line[size] = '\0';
    text_make_printable(line);
    process->start.log(line, process->start.data);
    if (++process->lines == LINES_MAX)
        process->start.log("prints too much: the rest is left out", process->start.data);
}

/* Log the first SIZE bytes of the line so far, as several lines if there are too many. */
static void worker_process_log(struct worker_process *process, size_t size)
{
    size_t at = 0;

    worker_process_mask_line(process, size);
    do {
        const size_t part = size - at < LINE_SIZE ? size - at : LINE_SIZE;

        worker_process_log_line(process, process->line + at, part);
        at += part;
    } while (at < size && process->lines < LINES_MAX);
    process->size -= size;
    memmove(process->line, process->line + size, process->size);
}

/* Log the lines that end in DATA. */
static void worker_process_take(struct worker_process *process, const char *data, size_t size)
{
    if (process->line == NULL)
        process->line = malloc(LINE_ROOM);
    for (size_t i = 0; process->line != NULL && i < size && process->lines < LINES_MAX; i++) {
        if (data[i] == '\n')
            worker_process_log(process, process->size);
        else
            process->line[process->size++] = data[i] != '\0' ? data[i] : '?';
        if (process->size == LINE_ROOM - 1)
            worker_process_log(process, LINE_SECRET);
    }
}

/* With the lock held.  Output beyond the limits is read, too: otherwise the worker would block. */
static void worker_process_pump_locked(struct worker_process *process)
{
    char data[4096];
    ssize_t got = 1;

    for (size_t size = 0; got > 0 && size < READ_MAX; size += (size_t)got) {
        got = read(process->output, data, sizeof data);
        if (got == 0)
            process->silent = true;
        if (got <= 0)
            break;
        worker_process_take(process, data, (size_t)got);
    }
    explicit_bzero(data, sizeof data);
}

void worker_process_pump(struct worker_process *process)
{
    process_lock(&process->lock);
    worker_process_pump_locked(process);
    process_unlock(&process->lock);
}

void worker_process_mask(struct worker_process *process, struct worker_secrets *secrets)
{
    process_lock(&process->lock);
    secrets->next = process->secrets;
    process->secrets = secrets;
    process_unlock(&process->lock);
}

static bool worker_process_keeps(const struct worker_process *process, struct span value)
{
    for (size_t i = 0; i < KEPT_MAX && process->kept[i] != NULL; i++) {
        const struct fob_secret *kept = process->kept[i];

        if (secret_equal(fob_secret_data(kept), fob_secret_size(kept), value.data, value.size))
            return true;
    }
    return false;
}

void worker_process_keep(struct worker_process *process, struct span value)
{
    struct fob_secret *copy = NULL;
    struct fob_secret **place;

    process_lock(&process->lock);
    if (!worker_process_keeps(process, value) &&
        fob_secret_new(value.data, value.size, &copy) == FOB_SUCCESS) {
        place = &process->kept[process->kept_at++ % KEPT_MAX];
        fob_secret_free(*place);
        *place = copy;
    }
    process_unlock(&process->lock);
}

void worker_process_forget(struct worker_process *process, struct worker_secrets *secrets,
                           bool mute)
{
    struct worker_secrets **at = &process->secrets;

    process_lock(&process->lock);
    worker_process_pump_locked(process);
    worker_process_mask_line(process, process->size);
    while (*at != secrets)
        at = &(*at)->next;
    *at = secrets->next;
    if (mute) {
        if (process->size > 0 && process->lines < LINES_MAX)
            worker_process_log(process, process->size);
        process->lines = LINES_MAX;
    }
    process_unlock(&process->lock);
}

/* A keeper kills everything that its worker started, then ends. */
void worker_process_kill(struct worker_process *process)
{
    if (process->start.programs)
        (void)shutdown(process->control, SHUT_RDWR);
    else if (process->pidfd >= 0)
        (void)syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0);
    else
        (void)shutdown(process->control, SHUT_RDWR);
}

/* Whether the worker closes its output last of all.  The program of a prefix may still write files,
 * a keeper must end the other processes, and a plugin may have closed the output. */
static bool worker_process_ends_silently(const struct worker_process *process)
{
    return !process->bare && !process->start.programs && !process->silent;
}

/* Wait at most MS milliseconds, logging the output, until the process ends, or has nothing left to
 * do.  Returns whether it did. */
static bool worker_process_ends_within(struct worker_process *process, int ms)
{
    const int64_t until = clock_ms() + ms;
    const bool silently = worker_process_ends_silently(process);
    struct pollfd polls[] = {
        { process->pidfd >= 0 ? process->pidfd : process->control, 0, 0 },
        { worker_process_output(process), POLLIN, 0 },
    };
    int64_t left = ms;
    bool ended = false;

    polls[0].events = process->pidfd >= 0 ? POLLIN : 0;
    while (left > 0 && !ended) {
        if (poll(polls, 2, (int)left) > 0 && polls[1].revents != 0)
            worker_process_pump(process);
        polls[1].fd = worker_process_output(process);
        ended = polls[0].revents != 0 || (silently && process->silent);
        left = until - clock_ms();
    }
    return ended;
}

/* The kernel takes a millisecond to unmap the libraries of an ended process: do not wait for
 * that. */
static void worker_process_await(struct worker_process *process)
{
    bool ended;

    (void)shutdown(process->control, SHUT_WR);
    ended = worker_process_ends_within(process, END_MS);
    worker_process_kill(process);
    if (!ended)
        ended = worker_process_ends_within(process, KILL_MS);
    if (!ended && process->pidfd >= 0) /* a keeper that hangs */
        (void)syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0);
    worker_process_pump(process);
    if (process->size > 0 && process->lines < LINES_MAX)
        worker_process_log(process, process->size);
    detach_reap(process->pidfd);
}

void worker_process_end(struct worker_process *process)
{
    if (process == NULL)
        return;
    if (process->owner == process_id())
        worker_process_await(process);
    worker_process_free(process);
}
