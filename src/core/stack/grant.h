/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The profile that an entry grants its plugin (fob_plugin(3)): pure, network or exec.
 */
#ifndef FOB_CORE_STACK_GRANT_H
#define FOB_CORE_STACK_GRANT_H

#include "core/stack/stack.h"

/* The names of the profiles, by enum fob_needs; ends with NULL. */
extern const char *const grant_profiles[];
/* Read the entry's sandbox at NODE into LIMIT, which another word than a profile's does not change.
 */
void grant_read(const struct yaml_node *node, struct grant_limit *limit);
/*
 * Find the profile of the plugin at PATH in an entry with LIMIT.  A plugin without a declared need
 * (DECLARED is false) gets at most the limit; one that declares more is refused.  Returns
 * FOB_SUCCESS, FOB_CONFIG.
 */
int grant_find(const struct grant_limit *limit, const char *path, enum fob_needs needs,
               bool declared, enum fob_needs *profile);

#endif
