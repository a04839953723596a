/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Numbers on the command line.
 */
#ifndef FOB_FOB_NUMBER_H
#define FOB_FOB_NUMBER_H

#include "cli/cli.h"

/* The most calls at a time. */
#define NUMBER_JOBS 64

/* Read the option NAME, from 1 to MAX, into NUMBER, which is unchanged when the option was not
 * given.  Returns FOB_SUCCESS, FOB_INVALID (reported). */
int number_option(const struct cli *cli, const char *name, unsigned max, unsigned *number);

#endif
