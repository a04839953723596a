/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Loading an engine (store/engine.h): trusted as plugins are, but in this process, since it is a
 * part of fob.
 */
#ifndef FOB_CORE_PLUGIN_ENGINE_LOAD_H
#define FOB_CORE_PLUGIN_ENGINE_LOAD_H

#include "store/engine.h"

/* Load the engine of that name, once a process; it stays loaded.  Returns FOB_SUCCESS, FOB_CONFIG
 * (it is not installed, not trusted, or not for this fob), FOB_SYSTEM, FOB_NOMEM. */
int engine_load(const char *driver, const struct engine_class **class);

#endif
