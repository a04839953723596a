/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The libraries that a plugin needs.  They are found as ld.so(8) would find them, checked as
 * plugins are, and mapped before the plugin, so that ld.so need not search for them.
 */
#ifndef FOB_CORE_PLUGIN_LIBRARIES_H
#define FOB_CORE_PLUGIN_LIBRARIES_H

#include "core/plugin/mapping.h"
#include "util/yaml.h"

struct library {
    char *name;           /* as the file that needs it calls it */
    struct mapping *file; /* NULL for a library of the system, which ld.so finds by its name */
};

struct libraries {
    struct library *items; /* in the order of mapping */
    size_t count;
};

/*
 * Find all libraries that FILE needs, directly or indirectly, and that a worker lacks.
 *
 * A library that is found by RPATH, RUNPATH or LD_LIBRARY_PATH must be trusted as a plugin is; with
 * PINS, which may be NULL, it must have one of these digests, unless it is in a folder of the
 * system.  All others belong to the system.  Returns FOB_SUCCESS, FOB_CONFIG (a library is not
 * trusted, or not pinned), FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM.  Free LIBRARIES with
 * libraries_free(), even on failure.
 */
int libraries_find(struct libraries *libraries, struct mapping *file, const struct yaml_node *pins);
void libraries_free(struct libraries *libraries);

#endif
