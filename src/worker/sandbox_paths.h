/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The files of the system that a plugin may read.
 */
#ifndef FOB_WORKER_SANDBOX_PATHS_H
#define FOB_WORKER_SANDBOX_PATHS_H

#include <fob/plugin.h>

#include "worker/landlock.h"

/* Allow reading the system's files for PROFILE, pure or network.  Missing files are skipped.
 * Returns 0, or -1 with errno set. */
int sandbox_paths_allow_system(const struct landlock *landlock, enum fob_needs profile);

#endif
