/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Checking the options of an entry, before a hook runs and for "fob check".
 */
#ifndef FOB_EXEC_EXEC_CHECK_H
#define FOB_EXEC_EXEC_CHECK_H

#include <fob/plugin.h>

/* Report mistakes in the options command and user with fob_mistake(). */
void exec_check(struct fob_handle *handle);

#endif
