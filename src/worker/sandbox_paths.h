/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which files the sandbox leaves open.
 */
#ifndef FOB_WORKER_SANDBOX_PATHS_H
#define FOB_WORKER_SANDBOX_PATHS_H

#include "worker/landlock.h"
#include "worker/sandbox.h"

/* pure and network: allow what the profile reads of the system's, and what the sandbox names.  What
 * is missing is left out.  Returns 0, or -1 with errno set. */
int sandbox_paths_readable(const struct landlock *landlock, const struct sandbox *sandbox);
/* exec: allow all but what the sandbox closes.  Returns 0, or -1 with errno set. */
int sandbox_paths_but_closed(const struct landlock *landlock, const struct sandbox *sandbox);

#endif
