/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A plugin's declaration, copied from a worker's frame, and checked.
 */
#ifndef FOB_CORE_PLUGIN_DECLARED_H
#define FOB_CORE_PLUGIN_DECLARED_H

#include <fob/plugin.h>

#include "frame/frame.h"

struct declaration {
    char *name;
    char *version;
    char *summary;
    struct fob_option *options; /* ends with an empty one */
    size_t option_count;
    unsigned hooks; /* 1 << N for each hook N, as in FRAME_HOOKS */
};

/* Copy the declaration of the plugin at PATH from ITEMS.  Returns FOB_SUCCESS, FOB_PLUGIN (it is
 * invalid), FOB_NOMEM.  Free DECLARED with declared_clear(), even on failure. */
int declared_take(struct span items, const char *path, struct declaration *declared);
/* Whether the plugin has the hook with that number. */
bool declared_has_hook(const struct declaration *declared, unsigned hook);
void declared_clear(struct declaration *declared);

#endif
