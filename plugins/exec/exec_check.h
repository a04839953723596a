/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Whether the options of an entry can work: before a hook runs, and for "fob check".
 */
#ifndef FOB_EXEC_EXEC_CHECK_H
#define FOB_EXEC_EXEC_CHECK_H

#include <fob/plugin.h>

/* Tell with fob_mistake() what is wrong with the program and the user. */
void exec_check(struct fob_handle *handle);

#endif
