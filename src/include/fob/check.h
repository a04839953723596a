/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checking and repairing.  Part of <fob/fob.h>. */
#ifndef FOB_CHECK_H
#define FOB_CHECK_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;

/*
 * Check everything: the configuration, every provider and plugin, the store.
 *
 * FN is called for each finding, in order; GOOD is false for a fault.  Returns FOB_SUCCESS when
 * nothing is wrong; FOB_CORRUPT when stored data is damaged; else FOB_CONFIG, FOB_PLUGIN,
 * FOB_LOCKED, FOB_NOT_FOUND (no store yet), FOB_NOT_ALLOWED, FOB_SYSTEM or FOB_NOMEM.  Since 0.1.
 */
typedef void fob_finding_fn(bool good, const char *text, void *data);
FOB_API int fob_check(struct fob_context *context, fob_finding_fn *fn, void *data);
/*
 * Check the providers in the list, which ends with NULL: their files, their plugins and options,
 * and play their rehearsals, which needs neither a network nor a store.  Returns as fob_check(),
 * and FOB_NOT_FOUND, FOB_INVALID (not a name).  Since 0.2.
 */
FOB_API int fob_check_providers(struct fob_context *context, const char *const *providers,
                                fob_finding_fn *fn, void *data);
/* Remove the files that interrupted writes left in the store, never an account, and correct modes
 * and owners in the spool of invitations; FN is called for each.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND (no store), FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_SYSTEM, FOB_NOMEM.  Since 0.1. */
FOB_API int fob_repair(struct fob_context *context, fob_finding_fn *fn, void *data);

/*
 * Look for lines of the audit log that were altered, removed, moved or cut off.  FN is called for
 * each finding, and at the end with the number of intact lines.  Unlocks the store.
 *
 * Returns FOB_SUCCESS, FOB_CORRUPT (there is such a line), FOB_LOCKED, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_verify_log(struct fob_context *context, fob_finding_fn *fn, void *data);

#ifdef __cplusplus
}
#endif

#endif
