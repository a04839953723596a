/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Durations on the command line: 90, 90s, 15m, 2h, 1d.
 */
#ifndef FOB_FOB_DURATION_H
#define FOB_FOB_DURATION_H

#include "cli/cli.h"

/* The limits of durations, in days: for how long something may last, and for how long ago something
 * may have been. */
#define DURATION_WEEK 7
#define DURATION_YEARS 3650

/* Read the option NAME, at most DAYS days, into SECONDS, which is unchanged when the option was not
 * given.  Returns FOB_SUCCESS, FOB_INVALID (reported). */
int duration_option(const struct cli *cli, const char *name, unsigned days, unsigned *seconds);

#endif
