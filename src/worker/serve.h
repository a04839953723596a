/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Calls: a thread for each socket that the host has passed.
 */
#ifndef FOB_WORKER_SERVE_H
#define FOB_WORKER_SERVE_H

#include <fob/plugin.h>

#include "worker/declaration.h"

/* Serve the calls that come through FD, which is taken over, until the host closes it.  LOADED,
 * which stays, is what has the hooks.  Returns FOB_SUCCESS, FOB_NOMEM. */
int serve_calls(const struct loaded_plugin *loaded, int fd);

#endif
