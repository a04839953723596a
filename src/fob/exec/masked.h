/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a command whose output is masked: on its own terminal if fob has one, else with pipes.
 */
#ifndef FOB_FOB_EXEC_MASKED_H
#define FOB_FOB_EXEC_MASKED_H

#include "fob/exec/mask.h"
#include "fob/exec/spawn.h"

/* Mask every field of HANDLE's account, and its headers.  Returns as fob_get_field(). */
int masked_add_account(struct mask *mask, struct fob_handle *handle);
int masked_add_headers(struct mask *mask, const struct fob_handle *handle);

/* How the command ended. */
struct masked_end {
    int status; /* the exit status, or spawn_command()'s result */
    int signal; /* the signal that ended it, or 0 */
};

/*
 * Run the command, and wait for its END.  Passes on every signal that it can.  Reports errors.
 * Returns FOB_SUCCESS, or FOB_SYSTEM when output was lost and the command itself did not fail.
 */
int masked_run(const struct spawn *start, const struct mask *mask, struct masked_end *end);

#endif
