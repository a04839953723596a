/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log: a line for each thing done to or with an account; never a secret.
 */
#ifndef FOB_CORE_LOG_AUDIT_H
#define FOB_CORE_LOG_AUDIT_H

#include "core/session/handle.h"

/* Check that the log can be written and has room, before something is done.  With a log that is not
 * required this, as all below, only warns.  Returns FOB_SUCCESS, and as log_open(). */
int audit_ready(struct fob_context *context);
/* The same for this number of LINES. */
int audit_ready_for(struct fob_context *context, size_t lines);

struct audit_event {
    const char *name;
    const char *account;  /* NULL for one about the store */
    const char *provider; /* or NULL */
    int code;             /* how it ended */
    bool begins;          /* the line before a change: it has no end yet */
    const char *program;  /* NULL for the process's */
    const char *detail;   /* or NULL */
};
/* Write its line.  Returns FOB_SUCCESS, and as log_open(). */
int audit_event(struct fob_context *context, const struct audit_event *event);
/* The lines of COUNT events, together: all of them or none. */
int audit_events(struct fob_context *context, const struct audit_event *events, size_t count);
/* The line that says that EVENT begins, before anything is changed: whatever happens then, the log
 * knows of it.  There is room for the line that says how it ended.  Returns as audit_event(). */
int audit_begin_event(struct fob_context *context, const struct audit_event *event);
/* The same of the event NAME about the HANDLE's account. */
int audit_begin(struct fob_handle *handle, const char *name);
/* As audit_event() of an event about the HANDLE's account. */
int audit_write(struct fob_handle *handle, const char *event, int code, const char *detail);
/* As audit_event() after the fact: keeps the thread's error, and a failure is only logged. */
void audit_note_event(struct fob_context *context, const struct audit_event *event);
/* As audit_write() after the fact: keeps the thread's error, and a failure is only a warning. */
void audit_note(struct fob_handle *handle, const char *event, int code, const char *detail);

#endif
