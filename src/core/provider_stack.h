/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The stacks of a provider's file, for provider.c.
 */
#ifndef FOB_CORE_PROVIDER_STACK_H
#define FOB_CORE_PROVIDER_STACK_H

#include "core/provider.h"

/* Read all stacks; mistakes go to the files they are in.  Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_read_stacks(const struct settings *settings, struct fob_provider *provider);
/* Read the YAML of NAME from the first folder that has it.  Returns as yaml_read_path(). */
int provider_open_file(const struct settings *settings, const char *name, struct yaml_file **file);

#endif
