/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Mapping the files that the host has opened and checked.
 */
#ifndef FOB_WORKER_LOAD_H
#define FOB_WORKER_LOAD_H

#include "frame/frame.h"

/* Map the library, or the plugin, of FRAME.  HANDLE is dlopen(3)'s; FRAME's descriptor stays open
 * with it.  Returns FOB_SUCCESS, FOB_PLUGIN. */
int load_file(const struct frame *frame, void **handle);

#endif
