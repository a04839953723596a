/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A worker, seen by the host: a process that has loaded one plugin and runs its hooks.
 */
#ifndef FOB_CORE_PLUGIN_PLUGIN_WORKER_H
#define FOB_CORE_PLUGIN_PLUGIN_WORKER_H

#include "core/config/settings.h"
#include "core/plugin/libraries.h"
#include "core/plugin/worker_process.h"
#include "frame/frame_socket.h"

struct plugin_worker;

/* Called for each line that the plugin at PATH prints. */
typedef void plugin_print_fn(void *data, const char *path, const char *line);

/* What to load in a worker, and what the worker may use; everything is borrowed. */
struct worker_plan {
    const struct settings *settings;
    struct mapping *file;
    const struct libraries *libraries;
    enum fob_needs profile;
    char *const *reachable; /* more readable files, and URLs to connect to; ends with NULL */
    unsigned port;          /* one more port to connect to; or 0 */
    plugin_print_fn *print;
    void *data; /* for PRINT */
    /* Whether the application no longer waits for HANDLE, and so for the worker; NULL for never. */
    bool (*is_over)(const struct fob_handle *handle);
    const struct fob_handle *handle;
};

/*
 * Start a worker that loads the plugin.  DECLARATION gets the items of the plugin's declaration,
 * borrowed from WORKER.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_NOT_ALLOWED, FOB_ABORT, FOB_SYSTEM,
 * FOB_NOMEM.
 */
int plugin_worker_start(const struct worker_plan *plan, struct plugin_worker **worker,
                        struct span *declaration);
/* The same in three steps, for a caller with other work meanwhile: start the process, which needs
 * only the plan's file and PRINT; send what it loads; read its answer.  The caller ends WORKER if a
 * later step fails. */
int plugin_worker_begin(const struct worker_plan *plan, struct plugin_worker **worker);
int plugin_worker_send(struct plugin_worker *worker, const struct worker_plan *plan);
int plugin_worker_finish(const struct worker_plan *plan, struct plugin_worker *worker,
                         struct span *declaration);
/* The parts of the sandbox that the worker reports as missing; "" for none. */
const char *plugin_worker_lacks(const struct plugin_worker *worker);
/* In a child of fork(), the parent's worker continues. */
void plugin_worker_end(struct plugin_worker *worker);
/* Kill a worker that is late, or no longer trusted. */
void plugin_worker_kill(const struct plugin_worker *worker);

/* Open another socket for calls to the worker.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_SYSTEM,
 * FOB_NOMEM. */
int plugin_worker_open(struct plugin_worker *worker, struct frame_socket **socket);
/* As worker_process_mask() and worker_process_forget(). */
void plugin_worker_mask(const struct plugin_worker *worker, struct worker_secrets *secrets);
void plugin_worker_keep(const struct plugin_worker *worker, struct span value);
void plugin_worker_forget(const struct plugin_worker *worker, struct worker_secrets *secrets,
                          bool mute);
#define PLUGIN_WORKER_WHY 1024
/* Explain in WHY, after "was ended", the crash that ITEMS of FRAME_CRASH report. */
void plugin_worker_explain_crash(struct span items, char why[static PLUGIN_WORKER_WHY]);
/* Wait for the next frame, for at most MS milliseconds, and log the worker's output meanwhile.
 * Returns as frame_receive(), FOB_IGNORE if there is no frame yet.  Thread-safe. */
int plugin_worker_receive(const struct plugin_worker *worker, struct frame_socket *socket, int ms,
                          struct frame *frame);

#endif
