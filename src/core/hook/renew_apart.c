/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Starts fob-renew, gives it the account's lock and the store's key, and waits for its answer. */
#include "config.h"

#include "core/hook/renew_apart.h"

#include "core/plugin/worker_program.h"
#include "frame/frame_socket.h"
#include "util/clock.h"
#include "util/detach.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define POLL_MS 100
/* The time that the program has to end after its answer. */
#define END_MS 1000

struct apart {
    struct fob_handle *handle;
    struct frame_socket *socket;
    int pidfd; /* or -1 */
};

/* The program has no output: it may live longer than this process. */
static int renew_apart_run(const struct worker_program *program, int control, int *pidfd)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct detach detach = { .file = program->file,
                                   .argv = program->argv,
                                   .environment = program->environment,
                                   .streams = { null, null, null, control } };
    const int error = null >= 0 ? detach_start(&detach, pidfd) : errno;

    if (null >= 0)
        close(null);
    return error == 0 ? FOB_SUCCESS : worker_program_fail(program, error);
}

static int renew_apart_start(struct apart *apart)
{
    struct worker_program program;
    int ends[2] = { -1, -1 };
    int code = worker_program_find_renewer(&program);

    if (code == FOB_SUCCESS && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        code = error_system("the socket of fob-renew");
    if (code == FOB_SUCCESS)
        code = frame_socket_new(ends[0], &apart->socket);
    if (code == FOB_SUCCESS)
        code = renew_apart_run(&program, ends[1], &apart->pidfd);
    if (ends[1] >= 0)
        close(ends[1]);
    worker_program_free(&program);
    return code;
}

/* The program needs no person who unlocks the store. */
static int renew_apart_send(const struct apart *apart, const struct renewal *lock)
{
    const struct fob_handle *handle = apart->handle;
    const struct fob_context *context = handle->context;
    struct frame_socket *socket = apart->socket;
    struct fob_secret *key = NULL;
    int code = store_copy_key(context->store, &key);

    if (code != FOB_SUCCESS)
        return code;
    frame_begin(socket, FRAME_RENEW, 0);
    frame_put_number(socket, FRAME_VERSION_OF_PROTOCOL, FRAME_PROTOCOL, 4);
    frame_put_text(socket, FRAME_ACCOUNT, handle->account);
    frame_put_text(socket, FRAME_PATH, context->settings->place);
    frame_put(socket, FRAME_KEY, fob_secret_data(key), fob_secret_size(key));
    if (context->log != NULL)
        frame_put_number(socket, FRAME_LEVEL, context->log_level, 1);
    code = frame_send(socket, renewal_lock(lock));
    fob_secret_free(key);
    return code;
}

static int renew_apart_fail_ended(const struct apart *apart)
{
    error_set(FOB_UNAVAILABLE, "%s: fob-renew ended before its token was renewed",
              apart->handle->account);
    error_hint("try again");
    return FOB_UNAVAILABLE;
}

static int renew_apart_receive(const struct apart *apart, struct frame *frame)
{
    struct pollfd polled = { .fd = frame_socket_fd(apart->socket), .events = POLLIN };
    int code;

    if (!frame_is_begun(apart->socket) && poll(&polled, 1, POLL_MS) <= 0)
        return FOB_IGNORE;
    code = frame_receive(apart->socket, false, frame);
    return code == FOB_NOT_FOUND || code == FOB_PLUGIN ? renew_apart_fail_ended(apart) : code;
}

/* Take log lines until the answer.  Returns FOB_IGNORE at the time UNTIL. */
static int renew_apart_await(const struct apart *apart, int64_t until, struct frame *frame)
{
    int code = FOB_IGNORE;

    while (code == FOB_IGNORE && clock_ms() < until) {
        code = renew_apart_receive(apart, frame);
        if (code == FOB_SUCCESS && frame->type == FRAME_LOG) {
            context_log(apart->handle->context,
                        (enum fob_log_level)frame_number(frame->items, FRAME_LEVEL, 0), "fob-renew",
                        "%s", frame_text(frame->items, FRAME_TEXT));
            code = FOB_IGNORE;
        }
        if (code == FOB_IGNORE && call_is_over(apart->handle))
            return error_set(FOB_ABORT, "%s: interrupted while its token was renewed",
                             apart->handle->account);
    }
    return code;
}

static int renew_apart_take_answer(const struct apart *apart, const struct frame *frame)
{
    const char *message = frame_text(frame->items, FRAME_MESSAGE);
    const char *hint = frame_text(frame->items, FRAME_HINT);
    const int code = (int)frame_number(frame->items, FRAME_CODE, FOB_PLUGIN);

    if (frame->type != FRAME_DONE)
        return renew_apart_fail_ended(apart);
    return error_repeat(code, message != NULL ? message : "", hint != NULL ? hint : "");
}

static void renew_apart_reap(const struct apart *apart)
{
    struct pollfd polled = { .fd = apart->pidfd, .events = POLLIN };

    if (apart->pidfd >= 0 && poll(&polled, 1, END_MS) > 0)
        detach_reap(apart->pidfd);
}

static int renew_apart_wait(const struct apart *apart, int64_t until)
{
    struct frame frame;
    int code = renew_apart_await(apart, until, &frame);

    if (code == FOB_IGNORE) {
        error_set(FOB_UNAVAILABLE, "%s: fob-renew is still renewing its token",
                  apart->handle->account);
        error_hint("try again");
        return FOB_UNAVAILABLE;
    }
    if (code != FOB_SUCCESS)
        return code;
    code = renew_apart_take_answer(apart, &frame);
    renew_apart_reap(apart);
    return code;
}

int renew_apart(struct fob_handle *handle, struct renewal *lock, int64_t until)
{
    struct apart apart = { .handle = handle, .pidfd = -1 };
    int code = renew_apart_start(&apart);

    if (code == FOB_SUCCESS) {
        code = renew_apart_send(&apart, lock);
        if (code == FOB_PLUGIN)
            code = renew_apart_fail_ended(&apart);
    }
    if (code == FOB_SUCCESS)
        code = renew_apart_wait(&apart, until);
    frame_socket_free(apart.socket);
    if (apart.pidfd >= 0)
        close(apart.pidfd);
    renewal_leave(lock);
    return code;
}
