/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * "fob store follow": keeps this machine's copy of a store young, until a signal.
 */
#ifndef FOB_FOB_STORE_FOLLOW_H
#define FOB_FOB_STORE_FOLLOW_H

#include "cli/cli.h"

/* Returns an exit status. */
int store_follow(struct cli *cli);

#endif
