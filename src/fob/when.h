/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Points in time on the command line: 2026-11-24, 2026-11-24T08:30, 08:30, 2h ago.
 */
#ifndef FOB_FOB_WHEN_H
#define FOB_FOB_WHEN_H

#include "cli/cli.h"

/* Read the option NAME into WHEN, which is unchanged when the option was not given.  Times without
 * a zone are local.  Returns FOB_SUCCESS, FOB_INVALID (reported). */
int when_option(const struct cli *cli, const char *name, int64_t *when);

#endif
