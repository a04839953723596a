/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of a context, for the core only.
 */
#ifndef FOB_CORE_SESSION_CONTEXT_H
#define FOB_CORE_SESSION_CONTEXT_H

#include <stdatomic.h>

#include <fob/fob.h>

#include "core/config/settings.h"
#include "core/plugin/loader.h"
#include "core/session/who.h"
#include "store/store.h"
#include "util/process.h"

struct fob_context {
    struct settings *settings;
    struct fob_conversation conv;
    fob_log_fn *log;
    void *log_data;
    enum fob_log_level log_level;
    atomic_uint users; /* the application, until fob_close(), and each handle */

    struct process_lock lock; /* guards the following members */
    struct store *store;      /* NULL until first needed; never replaced */
    struct loader *loader;
    struct who who; /* for the audit log */
};

/* Drop one user of CONTEXT, and free CONTEXT after the last. */
void context_release(struct fob_context *context);
/* The store, opened at the first call.  Returns what store_open() returns. */
/* The store's paths, and the function that asks for its passphrase; borrowed from CONTEXT. */
void context_store_settings(struct fob_context *context, struct store_settings *settings);
int context_store(struct fob_context *context, struct store **store);
/* Load a plugin unless it is loaded already; see loader_load(). */
int context_plugin(struct fob_context *context, const struct loader_wish *wish,
                   const struct plugin **plugin, struct plugin_worker **worker);
/* The same in two steps, for a caller without hooks to run; see loader_begin(). */
int context_begin_plugin(struct fob_context *context, const struct loader_wish *wish,
                         struct loading *loading);
int context_finish_plugin(struct fob_context *context, const struct loader_wish *wish,
                          struct loading *loading, const struct plugin **plugin);
/* Whether lines of LEVEL are logged; if not, the caller need not format them. */
bool context_logs(const struct fob_context *context, enum fob_log_level level);
void context_log(const struct fob_context *context, enum fob_log_level level, const char *part,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
