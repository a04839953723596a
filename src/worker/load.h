/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Mapping files that the host has opened and checked.
 */
#ifndef FOB_WORKER_LOAD_H
#define FOB_WORKER_LOAD_H

#include "frame/frame.h"

/* Map the library or the plugin in FRAME.  HANDLE is that of dlopen(3); FRAME's descriptor stays
 * open.  Returns FOB_SUCCESS, FOB_PLUGIN. */
int load_file(const struct frame *frame, void **handle);

#endif
