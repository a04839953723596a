/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The options of a stack's entry: their positions, their values, and the plugin's check.
 */
#ifndef FOB_CORE_HOOK_ENTRY_H
#define FOB_CORE_HOOK_ENTRY_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/*
 * Resolve ENTRY's options for BOUND's plugin.  The caller holds the context's lock.  Returns as
 * schema_resolve().
 */
int entry_resolve(const struct fob_handle *handle, const struct stack_entry *entry,
                  struct bound_entry *bound);
/* The files and URLs that ENTRY's options name, in any layer, as a list that ends with NULL: texts
 * and items of lists, and URLs in maps, too; a path in a map is one of the provider's API.  Returns
 * FOB_SUCCESS, FOB_NOMEM. */
int entry_reachable(const struct fob_handle *handle, const struct stack_entry *entry,
                    char ***texts);
/*
 * Let the plugin check the resolved options; its warnings go to BOUND.  Returns FOB_SUCCESS;
 * FOB_CONFIG, with a line "FILE:LINE:COLUMN: OPTION: what is wrong" for each mistake as the error;
 * FOB_NOMEM.
 */
int entry_check(struct fob_handle *handle, const struct stack_entry *entry,
                struct bound_entry *bound);
/* The position of the option NAME of ENTRY, or of that NODE of its tree; the entry's own position
 * when the option is not set or NAME is NULL. */
struct place entry_place(const struct fob_handle *handle, const struct stack_entry *entry,
                         const char *name, uint32_t node);

#endif
