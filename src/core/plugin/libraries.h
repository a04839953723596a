/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The libraries that plugins need: found as ld.so(8) would find them, checked as plugins are, and
 * mapped before the plugin, so that ld.so finds them mapped and looks for none by itself.
 */
#ifndef FOB_CORE_PLUGIN_LIBRARIES_H
#define FOB_CORE_PLUGIN_LIBRARIES_H

#include "core/plugin/mapping.h"
#include "util/yaml.h"

struct libraries {
    struct library **items; /* in the order in which they are mapped */
    size_t count;
};

/*
 * Find all libraries that FILE, which is about to be mapped, and those libraries need, and that the
 * process does not have yet.  None of their code runs.
 *
 * One that RPATH, RUNPATH or LD_LIBRARY_PATH leads to must be trusted as a plugin is, and with
 * PINS, which may be NULL, have one of these digests unless it is in a folder of the system's; all
 * others are the system's.  Returns FOB_SUCCESS, FOB_CONFIG (one is not trusted, or not pinned),
 * FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM.
 */
int libraries_find(struct libraries *libraries, struct mapping *file, const struct yaml_node *pins);
/* Map those that were found.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM. */
int libraries_map(struct libraries *libraries);
void libraries_free(struct libraries *libraries);

#endif
