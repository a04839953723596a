/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Playing the step "run" of a rehearsal.
 */
#ifndef FOB_CORE_ACCOUNT_PLAY_RUN_H
#define FOB_CORE_ACCOUNT_PLAY_RUN_H

#include "core/session/handle.h"

/* Run the action of the step of HANDLE's rehearsal, as fob run does, count its items and compare
 * the first one.  Returns the code of the run. */
int play_run(struct fob_handle *handle);
/* Compare the number of items. */
void play_run_compare_items(struct rehearsal *rehearsal);

#endif
