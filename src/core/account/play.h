/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Playing a provider's rehearsals, with accounts in memory.
 */
#ifndef FOB_CORE_ACCOUNT_PLAY_H
#define FOB_CORE_ACCOUNT_PLAY_H

#include "core/session/handle.h"

/*
 * Play the rehearsals of FILE (rehearsal_read()), which has no mistakes, with the stacks of MODEL,
 * in WORKERS; failures become mistakes of FILE.  Returns FOB_SUCCESS, FOB_NOMEM.
 */
int play_rehearsals(struct fob_handle *model, struct yaml_file *file,
                    struct plugin_workers *workers);

#endif
