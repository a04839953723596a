/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of the settings: settings.c reads fob.yaml, settings_default.c fills in the rest.
 */
#ifndef FOB_CORE_CONFIG_SETTINGS_PARTS_H
#define FOB_CORE_CONFIG_SETTINGS_PARTS_H

#include "core/config/settings.h"

int settings_add_path(struct path_list *list, const char *path);
/* Set PATH to $VARIABLE/NAME or ~/FALLBACK/NAME; NULL when there is no home. */
int settings_user_path(const char *variable, const char *fallback, const char *name, char **path);
int settings_fill_defaults(struct settings *settings);

#endif
