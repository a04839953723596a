/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log: one line for each use or change of an account, never with a secret.
 */
#ifndef FOB_CORE_LOG_AUDIT_H
#define FOB_CORE_LOG_AUDIT_H

#include "core/session/handle.h"

/* Check that the log can be written and has room, before something is done.  If the log is not
 * required, this and the functions below only warn.  Returns FOB_SUCCESS, and as log_open(). */
int audit_ready(struct fob_context *context);
/* The same for LINES lines. */
int audit_ready_for(struct fob_context *context, size_t lines);
/* The same for a change of HANDLE's account, whose store is returned.  FOB_NOT_FOUND without an
 * account. */
int audit_ready_account(struct fob_handle *handle, size_t lines, struct store **store);

struct audit_event {
    const char *name;
    const char *account;  /* NULL for an event about the store */
    const char *provider; /* or NULL */
    int code;             /* the result of the event */
    bool begins;          /* the line before a change, which has no result yet */
    const char *program;  /* NULL for this process's name */
    const char *detail;   /* or NULL */
};
/* Write the event's line.  Returns FOB_SUCCESS, and as log_open(). */
int audit_event(struct fob_context *context, const struct audit_event *event);
/* Write the lines of COUNT events: all of them or none. */
int audit_events(struct fob_context *context, const struct audit_event *events, size_t count);
/* Write that EVENT begins, before anything is changed, so that it is logged whatever happens then.
 * Reserves room for the line with its result.  Returns as audit_event(). */
int audit_begin_event(struct fob_context *context, const struct audit_event *event);
/* The same for the event NAME of HANDLE's account. */
int audit_begin(struct fob_handle *handle, const char *name);
/* As audit_event(), for an event of HANDLE's account. */
int audit_write(struct fob_handle *handle, const char *event, int code, const char *detail);
/* As audit_event(), after the event: keeps the thread's error, and a failure is only a warning. */
void audit_note_event(struct fob_context *context, const struct audit_event *event);
/* As audit_write(), after the event: keeps the thread's error, and a failure is only a warning. */
void audit_note(struct fob_handle *handle, const char *event, int code, const char *detail);

#endif
