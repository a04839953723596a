/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Loading plugins: only files that nobody but root or the caller can have written, opened once,
 * checked, and mapped by that descriptor in a worker.
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
    struct libraries libraries; /* that it needs */
};

struct loader;

/* What a stack's entry asks for. */
struct loader_wish {
    const char *name; /* an absolute path, or a bare name */
    const struct yaml_node *pins;
    struct grant_limit sandbox;
    char *const *reachable; /* see struct worker_plan */
};

/* SETTINGS are borrowed, as DATA, PRINT's. */
int loader_new(const struct settings *settings, plugin_print_fn *print, void *data,
               struct loader **loader);
void loader_free(struct loader *loader);

/*
 * Load a plugin.  A bare name is looked up as NAME.so in each of the settings' folders.
 *
 * The file, the libraries that it needs, and every folder above them must be trusted
 * (path_open_trusted()); pins, when not NULL, must have their digests (pin.h).  What it declares is
 * read in a worker, which is WORKER then; a file that was read already is returned again, and
 * WORKER is NULL.  The caller holds a lock.  PLUGIN is borrowed from LOADER.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND (there is none), FOB_CONFIG (there is one that must not be
 * loaded: it is not trusted, not the pinned one, or needs more than it is granted), FOB_PLUGIN (it
 * is broken), FOB_SYSTEM, FOB_NOMEM.
 */
int loader_load(struct loader *loader, const struct loader_wish *wish, const struct plugin **plugin,
                struct plugin_worker **worker);
/* How to start a worker for PLUGIN, which was loaded as WISH says. */
struct worker_plan loader_plan(const struct loader *loader, const struct plugin *plugin,
                               const struct loader_wish *wish);

#endif
