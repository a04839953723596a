/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The options of a stack's entry: where they are written, what they are, and what the plugin thinks
 * of them.
 */
#ifndef FOB_CORE_HOOK_ENTRY_H
#define FOB_CORE_HOOK_ENTRY_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/*
 * Find the values of ENTRY's options, for the plugin that BOUND has.  The caller holds the
 * context's lock.  Returns as schema_resolve().
 */
int entry_resolve(const struct fob_handle *handle, const struct stack_entry *entry,
                  struct bound_entry *bound);
/*
 * Have the plugin judge the options that were found.  Returns FOB_SUCCESS; FOB_CONFIG, with a line
 * "FILE:LINE:COLUMN: OPTION: what is wrong" for each mistake as the error; FOB_NOMEM.
 */
int entry_check(const struct fob_handle *handle, const struct stack_entry *entry,
                const struct bound_entry *bound);
/* Where the option NAME of ENTRY is written; the entry itself when it is written nowhere, or when
 * NAME is NULL. */
struct place entry_place(const struct fob_handle *handle, const struct stack_entry *entry,
                         const char *name);

#endif
