/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a command whose output is masked: on a terminal of its own where fob has one, else with
 * pipes.
 */
#ifndef FOB_EXEC_MASKED_H
#define FOB_EXEC_MASKED_H

#include "exec/mask.h"
#include "exec/start.h"

/* Have every field of HANDLE's account masked; and its headers.  Returns as fob_get_field(). */
int masked_add_account(struct mask *mask, struct fob_handle *handle);
int masked_add_headers(struct mask *mask, const struct fob_handle *handle);

/*
 * Run the command, and wait for it.  Every signal that can be passed on is.  STATUS becomes its
 * exit status, 128+N when signal N ended it, or as start_command() returns it.  What goes wrong is
 * told. Returns FOB_SUCCESS; FOB_SYSTEM when output was lost and the command has not failed by
 * itself.
 */
int masked_run(const struct start *start, const struct mask *mask, int *status);

#endif
