/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Allowing files near those that the sandbox closes.
 */
#ifndef FOB_WORKER_SANDBOX_CLOSED_H
#define FOB_WORKER_SANDBOX_CLOSED_H

#include "worker/landlock.h"
#include "worker/sandbox.h"

/* Allow reading the sandbox's readable paths, but no closed path in them.  Missing paths are
 * skipped.  Returns 0, or -1 with errno set, as the next. */
int sandbox_closed_allow_named(const struct landlock *landlock, const struct sandbox *sandbox);
/* exec: allow all rights to all files except the closed ones. */
int sandbox_closed_allow_others(const struct landlock *landlock, const struct sandbox *sandbox);

#endif
