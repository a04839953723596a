/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs hooks, one call after the other on each socket. */
#include "config.h"

#include "worker/serve.h"

#include "util/error.h"
#include "worker/crash.h"
#include "worker/plugin_handle.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* A TLS handshake and a JSON parser need some 30 KiB; the rest is for the plugin. */
#define STACK_SIZE (512 * (size_t)1024)

struct serving {
    const struct loaded_plugin *loaded;
    struct frame_socket *socket;
};

static int serve_hook(const struct loaded_plugin *loaded, struct fob_handle *handle)
{
    fob_hook_fn *const hooks[] = { loaded->plugin->link, loaded->plugin->validate,
                                   loaded->plugin->revoke, loaded->plugin->authorize };

    if (handle->hook == FRAME_HOOK_CHECK && loaded->check != NULL) {
        loaded->check(handle);
        return FOB_SUCCESS;
    }
    if (handle->hook == FRAME_HOOK_REQUEST && loaded->request != NULL)
        return loaded->request(handle);
    if (handle->hook < sizeof hooks / sizeof *hooks && hooks[handle->hook] != NULL)
        return hooks[handle->hook](handle);
    return error_set(FOB_PLUGIN, "plugin %s: has no such hook", loaded->plugin->name);
}

/* False if the host is gone. */
static bool serve_call(const struct serving *serving, const struct frame *frame)
{
    struct fob_handle handle;
    int code;

    error_clear();
    code = plugin_handle_begin(&handle, serving->socket, frame);
    if (code == FOB_SUCCESS) {
        crash_begin(frame_socket_fd(serving->socket), frame->call);
        code = serve_hook(serving->loaded, &handle);
        crash_end();
    }
    code = plugin_handle_send(&handle, code);
    if (code == FOB_NOMEM || code == FOB_INVALID) {
        /* The results exceed memory or a frame. */
        frame_begin(serving->socket, FRAME_DONE, frame->call);
        frame_put_number(serving->socket, FRAME_CODE, code, 4);
        frame_put_text(serving->socket, FRAME_MESSAGE, fob_error());
        plugin_put_end(&handle);
        code = frame_send(serving->socket, -1);
    }
    plugin_handle_end(&handle);
    return code == FOB_SUCCESS;
}

static void *serve_main(void *data)
{
    struct serving *serving = data;
    struct frame frame;
    bool good = true;

    while (good && frame_receive(serving->socket, true, &frame) == FOB_SUCCESS) {
        if (frame.descriptor >= 0)
            close(frame.descriptor);
        if (frame.type == FRAME_CALL)
            good = serve_call(serving, &frame);
        else if (frame.type == FRAME_FORGET)
            plugin_forget_data((uint32_t)frame_number(frame.items, FRAME_HANDLE, 0));
        else
            good = frame.type == FRAME_CANCEL; /* for a call that is over */
    }
    frame_socket_free(serving->socket);
    free(serving);
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
