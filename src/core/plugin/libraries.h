/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The libraries that plugins need.  They are found as ld.so(8) would find them, checked like
 * plugins, and mapped before the plugin, so that ld.so need not search for any.
 */
#ifndef FOB_CORE_PLUGIN_LIBRARIES_H
#define FOB_CORE_PLUGIN_LIBRARIES_H

#include "core/plugin/mapping.h"
#include "util/yaml.h"

struct libraries {
    struct library **items; /* in the order of mapping */
    size_t count;
};

/*
 * Find all libraries that FILE needs, directly or indirectly, and that the process does not have
 * yet.  None of their code runs.
 *
 * A library found by RPATH, RUNPATH or LD_LIBRARY_PATH must be trusted like a plugin.  With PINS,
 * which may be NULL, it must also have one of these digests, unless it is in a system folder.  All
 * others are the system's.  Returns FOB_SUCCESS, FOB_CONFIG (a library is not trusted, or not
 * pinned), FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM.
 */
int libraries_find(struct libraries *libraries, struct mapping *file, const struct yaml_node *pins);
/* Map the libraries that were found.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM. */
int libraries_map(struct libraries *libraries);
void libraries_free(struct libraries *libraries);

#endif
