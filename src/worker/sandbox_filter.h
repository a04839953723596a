/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The seccomp filter of a profile.
 */
#ifndef FOB_WORKER_SANDBOX_FILTER_H
#define FOB_WORKER_SANDBOX_FILTER_H

#include <fob/plugin.h>

/* Restrict this process to PROFILE's calls, irrevocably.  Returns 0, or -1 with errno set. */
int sandbox_filter_apply(enum fob_needs profile);

#endif
