/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs hooks, one call after the other on each socket.  The calls of a batch come together. */
#include "config.h"

#include "worker/serve.h"

#include "util/array.h"
#include "util/clock.h"
#include "util/error.h"
#include "worker/crash.h"
#include "worker/plugin_handle.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A TLS handshake and a JSON parser need some 30 KiB; the rest is for the plugin. */
#define STACK_SIZE (512 * (size_t)1024)
/* Milliseconds for which the results of a batch are held back, so that they go in one message. */
#define HOLD_MS 20
/* Milliseconds between two times that free memory is given back. */
#define TRIM_MS 250

struct serving {
    const struct loaded_plugin *loaded;
    struct frame_socket *socket;
    struct fob_handle batch[FRAME_BATCH_MAX];
    int codes[FRAME_BATCH_MAX]; /* of making the handle */
    size_t count;
};

static int serve_hook(const struct loaded_plugin *loaded, struct fob_handle *handle)
{
    fob_hook_fn *const hooks[] = { loaded->plugin->link, loaded->plugin->validate,
                                   loaded->plugin->revoke, loaded->plugin->authorize,
                                   loaded->renew };

    if (handle->hook == FRAME_HOOK_CHECK && loaded->check != NULL) {
        loaded->check(handle);
        return FOB_SUCCESS;
    }
    if (handle->hook == FRAME_HOOK_REQUEST && loaded->request != NULL)
        return loaded->request(handle);
    if (handle->hook < ARRAY_SIZE(hooks) && hooks[handle->hook] != NULL)
        return hooks[handle->hook](handle);
    return error_set(FOB_PLUGIN, "plugin %s: has no such hook", loaded->plugin->name);
}

/* Make a handle of FRAME, and of each call that follows in the batch: a hook's receive must not
 * meet them.  Returns false if the host is gone, or sent something else. */
static bool serve_take_batch(struct serving *serving, struct frame *frame)
{
    struct span more;

    serving->count = 0;
    for (;;) {
        const size_t at = serving->count;
        bool last;

        if (at == FRAME_BATCH_MAX || frame->type != FRAME_CALL)
            return false;
        last = !frame_find(frame->items, FRAME_MORE, &more);
        serving->codes[at] = plugin_handle_begin(&serving->batch[at], serving->socket, frame);
        serving->count++;
        if (last)
            return true;
        if (frame_receive(serving->socket, true, frame) != FOB_SUCCESS)
            return false;
    }
}

/* The results exceed memory or a frame: report CODE in their place. */
static void serve_put_failure(const struct fob_handle *handle, int code)
{
    frame_begin(handle->socket, FRAME_DONE, handle->call);
    frame_put_number(handle->socket, FRAME_CODE, code, 4);
    frame_put_text(handle->socket, FRAME_MESSAGE, fob_error());
    plugin_put_end(handle);
}

/* The hook is not run. */
static void serve_put_skipped(const struct fob_handle *handle)
{
    frame_begin(handle->socket, FRAME_DONE, handle->call);
    frame_put_number(handle->socket, FRAME_CODE, FOB_IGNORE, 4);
    frame_put(handle->socket, FRAME_SKIPPED, NULL, 0);
}

/* Run the hook of call number AT of the batch, and put its results.  Returns the hook's code. */
static int serve_run(struct serving *serving, size_t at)
{
    struct fob_handle *handle = &serving->batch[at];
    int code = serving->codes[at];

    if (code == FOB_SUCCESS) {
        error_clear();
        crash_begin(frame_socket_fd(serving->socket), handle->call);
        code = serve_hook(serving->loaded, handle);
        fflush(stdout); /* the host masks what was printed until the call ends */
        crash_end();
    }
    plugin_handle_put(handle, code);
    return code;
}

/* Send what was put for HANDLE, or hold it back.  Returns false if the host is gone. */
static bool serve_send(const struct fob_handle *handle, bool hold)
{
    struct frame_socket *socket = handle->socket;
    int code = hold ? frame_hold(socket) : frame_send(socket, -1);

    if (code == FOB_NOMEM || code == FOB_INVALID) {
        serve_put_failure(handle, code);
        code = hold ? frame_hold(socket) : frame_send(socket, -1);
    }
    return code == FOB_SUCCESS;
}

/* Run the hooks of the batch, up to the first that does not succeed: the host makes the other calls
 * again.  Returns false if the host is gone. */
static bool serve_batch(struct serving *serving)
{
    const int64_t until = clock_ms() + HOLD_MS;
    bool skip = false;
    bool good = true;

    for (size_t i = 0; i < serving->count && good; i++) {
        const bool last = i + 1 == serving->count;

        /* Only the first call reports why its handle could not be made. */
        skip |= i > 0 && serving->codes[i] != FOB_SUCCESS;
        if (!skip)
            skip = serve_run(serving, i) != FOB_SUCCESS;
        else
            serve_put_skipped(&serving->batch[i]);
        good = serve_send(&serving->batch[i], !last && (skip || clock_ms() < until));
        plugin_handle_end(&serving->batch[i]);
    }
    return good;
}

/* Give free memory back: much after the thread's first calls, as a TLS handshake leaves it behind,
 * and some between the blocks of other threads, at times. */
static void serve_trim(bool first)
{
#ifdef M_TRIM_THRESHOLD /* not in musl */
    static _Atomic(int64_t) last;
    const int64_t now = clock_ms();

    if (!first && now < last + TRIM_MS)
        return;
    last = now;
    malloc_trim(0);
#else
    (void)first;
#endif
}

static void *serve_main(void *data)
{
    struct serving *serving = data;
    struct frame frame;
    bool first = true;
    bool good = true;

    while (good && frame_receive(serving->socket, true, &frame) == FOB_SUCCESS) {
        if (frame.descriptor >= 0)
            close(frame.descriptor);
        if (frame.type == FRAME_CALL) {
            good = serve_take_batch(serving, &frame) && serve_batch(serving);
            serve_trim(first);
            first = false;
        } else if (frame.type == FRAME_FORGET) {
            plugin_forget_data((uint32_t)frame_number(frame.items, FRAME_HANDLE, 0));
        } else {
            good = frame.type == FRAME_CANCEL; /* for a call that is over */
        }
    }
    /* A batch that is not complete has handles. */
    for (size_t i = 0; i < serving->count; i++)
        plugin_handle_end(&serving->batch[i]);
    frame_socket_free(serving->socket);
    free(serving);
    crash_end_thread();
    return NULL;
}

int serve_calls(const struct loaded_plugin *loaded, int fd)
{
    struct serving *serving = calloc(1, sizeof *serving);
    pthread_attr_t attributes;
    pthread_t thread;
    int error;
    int code;

    if (serving == NULL) {
        close(fd);
        return error_nomem();
    }
    serving->loaded = loaded;
    code = frame_socket_new(fd, &serving->socket);
    if (code != FOB_SUCCESS) {
        free(serving);
        return code;
    }
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread, &attributes, serve_main, serving);
    pthread_attr_destroy(&attributes);
    if (error == 0)
        return FOB_SUCCESS;
    frame_socket_free(serving->socket);
    free(serving);
    return error_nomem();
}
