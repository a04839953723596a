/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Durations on the command line: 90, 90s, 15m, 2h, 1d.
 */
#ifndef FOB_CLI_DURATION_H
#define FOB_CLI_DURATION_H

#include "cli/cli.h"

/* The value of the option NAME in SECONDS, which stay as they are when it was not given.  Returns
 * FOB_SUCCESS, FOB_INVALID (told). */
int duration_option(const struct cli *cli, const char *name, unsigned *seconds);

#endif
