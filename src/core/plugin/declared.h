/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a plugin declares, as a worker has told it: copied, and checked.
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

/* Copy the declaration of the plugin PATH from ITEMS.  Returns FOB_SUCCESS, FOB_PLUGIN (there is
 * something wrong with it), FOB_NOMEM; free it with declared_clear() in each case. */
int declared_take(struct span items, const char *path, struct declaration *declared);
/* Whether the plugin has the hook with that number. */
bool declared_has_hook(const struct declaration *declared, unsigned hook);
void declared_clear(struct declaration *declared);

#endif
