/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Calls: a thread for each socket that the host passes.
 */
#ifndef FOB_WORKER_SERVE_H
#define FOB_WORKER_SERVE_H

#include <fob/plugin.h>

#include "worker/declaration.h"

/* Serve the calls on FD, with the hooks of LOADED, in a new thread, until the host closes the
 * socket.  Owns FD, even on failure; borrows LOADED.  Returns FOB_SUCCESS, FOB_NOMEM. */
int serve_calls(const struct loaded_plugin *loaded, int fd);

#endif
