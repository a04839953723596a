/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a command whose output is masked: on a terminal of its own where fob has one, else with
 * pipes.
 */
#ifndef FOB_FOB_EXEC_MASKED_H
#define FOB_FOB_EXEC_MASKED_H

#include "fob/exec/mask.h"
#include "fob/exec/spawn.h"

/* Have every field of HANDLE's account masked; and its headers.  Returns as fob_get_field(). */
int masked_add_account(struct mask *mask, struct fob_handle *handle);
int masked_add_headers(struct mask *mask, const struct fob_handle *handle);

/* How the command ended. */
struct masked_end {
    int status; /* its exit status, or as spawn_command() returns it */
    int signal; /* the one that ended it, or 0 */
};

/*
 * Run the command, and wait for its END.  Every signal that can be passed on is.  What goes wrong
 * is told.  Returns FOB_SUCCESS; FOB_SYSTEM when output was lost and the command has not failed by
 * itself.
 */
int masked_run(const struct spawn *start, const struct mask *mask, struct masked_end *end);

#endif
