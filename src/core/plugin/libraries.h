/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The libraries that a plugin needs: found as ld.so(8) would find them, checked as plugins are, and
 * mapped before the plugin, so that ld.so finds them mapped and looks for none by itself.
 */
#ifndef FOB_CORE_PLUGIN_LIBRARIES_H
#define FOB_CORE_PLUGIN_LIBRARIES_H

#include "core/plugin/mapping.h"
#include "util/yaml.h"

struct library {
    char *name;           /* as the file that needs it calls it */
    struct mapping *file; /* NULL for one of the system's, which ld.so finds by its name */
};

struct libraries {
    struct library *items; /* in the order in which they are to be mapped */
    size_t count;
};

/*
 * Find all libraries that FILE and those libraries need, and that a worker does not have.
 *
 * One that RPATH, RUNPATH or LD_LIBRARY_PATH leads to must be trusted as a plugin is, and with
 * PINS, which may be NULL, have one of these digests unless it is in a folder of the system's; all
 * others are the system's.  Returns FOB_SUCCESS, FOB_CONFIG (one is not trusted, or not pinned),
 * FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM.  Free them with libraries_free() in each case.
 */
int libraries_find(struct libraries *libraries, struct mapping *file, const struct yaml_node *pins);
void libraries_free(struct libraries *libraries);

#endif
