/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Files that are left open beside those that the sandbox closes.
 */
#ifndef FOB_WORKER_SANDBOX_CLOSED_H
#define FOB_WORKER_SANDBOX_CLOSED_H

#include "worker/landlock.h"
#include "worker/sandbox.h"

/* Allow reading what the sandbox names as readable, but nothing that it closes.  What is missing is
 * left out.  Returns 0, or -1 with errno set, as the next. */
int sandbox_closed_allow_named(const struct landlock *landlock, const struct sandbox *sandbox);
/* exec: allow everything with all files but what the sandbox closes. */
int sandbox_closed_allow_others(const struct landlock *landlock, const struct sandbox *sandbox);

#endif
