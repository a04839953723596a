/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A worker, seen from the host: a process that has loaded one plugin, and runs its hooks.
 */
#ifndef FOB_CORE_PLUGIN_PLUGIN_WORKER_H
#define FOB_CORE_PLUGIN_PLUGIN_WORKER_H

#include "core/config/settings.h"
#include "core/plugin/libraries.h"
#include "frame/frame_socket.h"

struct plugin_worker;

/* Called for each line that the plugin of the file PATH prints. */
typedef void plugin_print_fn(void *data, const char *path, const char *line);

/* What a worker is to load, and may do; all borrowed. */
struct worker_plan {
    const struct settings *settings;
    struct mapping *file;
    const struct libraries *libraries;
    enum fob_needs profile;
    char *const *reachable; /* files that it may read, too, and URLs; ends with NULL */
    plugin_print_fn *print;
    void *data; /* PRINT's */
};

/*
 * Start a worker, and have it load the plugin.  DECLARATION has the items of what that declares;
 * they are borrowed from WORKER.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.
 */
int plugin_worker_start(const struct worker_plan *plan, struct plugin_worker **worker,
                        struct span *declaration);
/* What it says that it lacks to be contained; "" for nothing. */
const char *plugin_worker_lacks(const struct plugin_worker *worker);
/* In a child of fork(), the parent's worker goes on. */
void plugin_worker_end(struct plugin_worker *worker);
/* End it at once: it takes its time, or is not to be trusted any more. */
void plugin_worker_kill(const struct plugin_worker *worker);

/* Have it listen to one more socket for calls.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_SYSTEM,
 * FOB_NOMEM. */
int plugin_worker_open(struct plugin_worker *worker, struct frame_socket **socket);
/* Receive the next frame, of MS milliseconds at most to wait for it; meanwhile the worker's output
 * is logged.  Returns as frame_receive(), FOB_IGNORE when there is none yet.  Thread-safe. */
int plugin_worker_receive(const struct plugin_worker *worker, struct frame_socket *socket, int ms,
                          struct frame *frame);

#endif
