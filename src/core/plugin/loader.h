/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Loading plugins.  Only root or the caller can have written a plugin's file; the file is opened
 * once and checked, and a worker maps it by the same descriptor.
 */
#ifndef FOB_CORE_PLUGIN_LOADER_H
#define FOB_CORE_PLUGIN_LOADER_H

#include <fob/plugin.h>

#include "core/plugin/declared.h"
#include "core/plugin/plugin_worker.h"
#include "core/stack/grant.h"

struct plugin {
    struct declaration declared;
    struct mapping *file;
    struct libraries libraries; /* the libraries that FILE needs */
};

struct loader;

/* The plugin that a stack's entry names, and its restrictions. */
struct loader_wish {
    const char *name; /* an absolute path, or a bare name */
    const struct yaml_node *pins;
    struct grant_limit sandbox;
    char *const *reachable; /* see struct worker_plan, also for the next three */
    unsigned port;
    bool (*is_over)(const struct fob_handle *handle);
    const struct fob_handle *handle;
};

/* A plugin that is being loaded. */
struct loading {
    struct plugin *plugin;
    struct plugin_worker *worker; /* reads the declaration; NULL if PLUGIN was loaded before */
};

/* SETTINGS, and DATA for PRINT, are borrowed. */
int loader_new(const struct settings *settings, plugin_print_fn *print, void *data,
               struct loader **loader);
void loader_free(struct loader *loader);

/*
 * Load a plugin.  A bare name is looked up as NAME.so in each of the settings' folders.
 *
 * The file, the libraries that it needs, and every folder above them must be trusted
 * (path_open_trusted()); pins, if not NULL, must have their digests (pin.h).  A worker reads the
 * declaration, and becomes WORKER; for a file that was read before, WORKER is NULL.  The caller
 * holds a lock.  PLUGIN is borrowed from LOADER.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND (there is no such file), FOB_CONFIG (the file must not be
 * loaded: it is not trusted, not the pinned one, or needs more than the entry grants), FOB_PLUGIN
 * (the plugin is broken), FOB_ABORT (interrupted), FOB_SYSTEM, FOB_NOMEM.
 */
int loader_load(struct loader *loader, const struct loader_wish *wish, const struct plugin **plugin,
                struct plugin_worker **worker);
/* The same in two steps, so that several workers read declarations at the same time.  A LOADING is
 * finished, even if that fails, or canceled.  The first step does not change LOADER. */
int loader_begin(const struct loader *loader, const struct loader_wish *wish,
                 struct loading *loading);
int loader_finish(struct loader *loader, const struct loader_wish *wish, struct loading *loading,
                  const struct plugin **plugin, struct plugin_worker **worker);
void loader_cancel(struct loading *loading);
/* The plan of a worker for PLUGIN, which was loaded for WISH. */
struct worker_plan loader_plan(const struct loader *loader, const struct plugin *plugin,
                               const struct loader_wish *wish);

#endif
