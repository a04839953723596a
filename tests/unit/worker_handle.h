/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A worker's handle without a worker, for tests of what plugins call: its host hears all, and
 * answers nothing.
 */
#ifndef FOB_TESTS_UNIT_WORKER_HANDLE_H
#define FOB_TESTS_UNIT_WORKER_HANDLE_H

#include "worker/plugin_handle.h"

#include <pthread.h>

struct worker_handle {
    struct fob_handle handle;
    struct frame_socket *host;
    struct frame_socket *worker;
    pthread_t listener;
};

/* A handle of provider told and account acme, in HOOK; PUT, which may be NULL, adds items to the
 * call.  Ends the program when it cannot be made. */
void worker_handle_begin(struct worker_handle *made, unsigned hook,
                         void (*put)(struct frame_socket *host));
void worker_handle_end(struct worker_handle *made);

#endif
