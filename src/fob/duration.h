/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Durations on the command line: 90, 90s, 15m, 2h, 1d.
 */
#ifndef FOB_FOB_DURATION_H
#define FOB_FOB_DURATION_H

#include "cli/cli.h"

/* How long something may take or last, and how long ago something may have been, in days. */
#define DURATION_WEEK 7
#define DURATION_YEARS 3650

/* The value of the option NAME, at most DAYS days, in SECONDS, which stay as they are when it
 * was not given.  Returns FOB_SUCCESS, FOB_INVALID (told). */
int duration_option(const struct cli *cli, const char *name, unsigned days, unsigned *seconds);

#endif
