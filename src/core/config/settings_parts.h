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
/* The map at KEY, checked; NULL when there is none. */
const struct yaml_node *settings_parse_section(struct yaml_file *file, const char *key,
                                               const struct yaml_shape *keys);
/* Read an absolute path at NODE, which may be NULL, into PATH. */
int settings_parse_path(struct yaml_file *file, const struct yaml_node *node, char **path);
extern const struct yaml_shape settings_store_keys[];
int settings_parse_store(struct settings *settings);
void settings_free_store(struct settings *settings);
extern const struct yaml_shape settings_hub_keys[];
int settings_parse_hub(struct settings *settings);

#endif
