/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Judging the options of a provider's file before any hook runs.
 */
#ifndef FOB_PLUGINS_HTTP_LINT_H
#define FOB_PLUGINS_HTTP_LINT_H

#include <fob/plugin.h>

/* Report every mistake. */
void lint_options(struct fob_handle *handle);

#endif
