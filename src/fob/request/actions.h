/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Listing a provider's actions, for fob run.
 */
#ifndef FOB_FOB_REQUEST_ACTIONS_H
#define FOB_FOB_REQUEST_ACTIONS_H

#include <fob/fob.h>

/* Print the actions as a table, or as JSON.  Both return FOB_SUCCESS, FOB_NOMEM (reported). */
int actions_table(const struct fob_provider *provider);
int actions_json(const struct fob_provider *provider);

#endif
