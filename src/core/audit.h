/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log: a line for each thing done to or with an account; never a secret.
 */
#ifndef FOB_CORE_AUDIT_H
#define FOB_CORE_AUDIT_H

#include "core/handle.h"

/* Check that the log can be written, before something is done.  Returns FOB_SUCCESS, FOB_DENIED,
 * FOB_SYSTEM, FOB_NOMEM. */
int audit_ready(struct fob_context *context);
/*
 * Write the line: when, EVENT, account, provider, CODE, uid, pid, program, DETAIL (may be NULL).
 * Returns FOB_SUCCESS, FOB_DENIED, FOB_SYSTEM, FOB_NOMEM.
 */
int audit_write(struct fob_handle *handle, const char *event, int code, const char *detail);
/* As audit_write() after the fact: keeps the thread's error, and a failure is only a warning. */
void audit_note(struct fob_handle *handle, const char *event, int code, const char *detail);

#endif
