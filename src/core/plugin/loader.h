/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Loading plugins.  A plugin's file must have been writable by root and the caller only; it is
 * opened once, and checked and mapped by that descriptor.
 */
#ifndef FOB_CORE_PLUGIN_LOADER_H
#define FOB_CORE_PLUGIN_LOADER_H

#include <fob/plugin.h>

#include "core/config/settings.h"

struct plugin {
    const struct fob_plugin *declaration; /* in the mapped file */
    const char *path;
    fob_check_fn *check; /* DECLARATION's; NULL when the plugin is too old to have it */
};

struct loader;

int loader_new(struct loader **loader);
/* Unload everything. */
void loader_free(struct loader *loader);

/*
 * Load NAME: an absolute path, or a bare name that is looked up as NAME.so in each of FOLDERS.
 *
 * The file, the libraries that it needs, and every folder above them must be trusted
 * (path_open_trusted()).  PINS, if not NULL, must have their digests (pin.h).  ABI and size must
 * match, and the schema must be valid.  A file that is mapped already is returned again.  The
 * caller holds a lock.  PLUGIN is borrowed from LOADER.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_CONFIG (the plugin exists but must not be loaded: not
 * trusted, or another digest than the pinned one), FOB_PLUGIN (the plugin is broken), FOB_SYSTEM,
 * FOB_NOMEM.
 */
int loader_load(struct loader *loader, const struct path_list *folders, const char *name,
                const struct yaml_node *pins, const struct plugin **plugin);

#endif
