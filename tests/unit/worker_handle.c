/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A worker's handle without a worker. */
#include "config.h"

#include "worker_handle.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(bool good)
{
    if (!good)
        abort();
}

static void *listen_only(void *data)
{
    struct frame_socket *host = data;
    struct frame frame;

    while (frame_receive(host, true, &frame) == FOB_SUCCESS)
        continue;
    return NULL;
}

void worker_handle_begin(struct worker_handle *made, unsigned hook,
                         void (*put)(struct frame_socket *host))
{
    struct frame frame;
    int ends[2];

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 &&
         frame_socket_new(ends[0], &made->host) == FOB_SUCCESS &&
         frame_socket_new(ends[1], &made->worker) == FOB_SUCCESS);
    frame_begin(made->host, FRAME_CALL, 1);
    frame_put_number(made->host, FRAME_HOOK, hook, 1);
    frame_put_text(made->host, FRAME_PROVIDER, "told");
    frame_put_text(made->host, FRAME_ACCOUNT, "acme");
    frame_put_number(made->host, FRAME_HANDLE, 1, 4);
    frame_put(made->host, FRAME_CALLER, "\0\0\0\0\0\0\0\0", 8);
    if (put != NULL)
        put(made->host);
    must(frame_send(made->host, -1) == FOB_SUCCESS &&
         frame_receive(made->worker, true, &frame) == FOB_SUCCESS &&
         plugin_handle_begin(&made->handle, made->worker, &frame) == FOB_SUCCESS &&
         pthread_create(&made->listener, NULL, listen_only, made->host) == 0);
}

void worker_handle_end(struct worker_handle *made)
{
    plugin_handle_end(&made->handle);
    frame_socket_free(made->worker);
    must(pthread_join(made->listener, NULL) == 0);
    frame_socket_free(made->host);
}
