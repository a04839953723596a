/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Functions shared by the files provider*.c.
 */
#ifndef FOB_CORE_PROVIDER_PROVIDER_PARTS_H
#define FOB_CORE_PROVIDER_PROVIDER_PARTS_H

#include "core/provider/provider.h"
#include "util/strbuf.h"
#include "util/yaml_shape.h"

#define PROVIDER_SUFFIX ".yaml"
#define PROVIDER_FIELDS_MAX 32
#define PROVIDER_ACTIONS_MAX 256
#define PROVIDER_ARGUMENTS_MAX 32

/* The name or the path of a plugin. */
#define SHAPE_PLUGIN "^(/.*|[a-z0-9][a-z0-9._-]{0,63})$"

/* Parts of provider_keys. */
extern const struct yaml_shape provider_field_shape;
extern const struct yaml_shape provider_entry_shape;
extern const struct yaml_shape provider_action_shape;
extern const struct yaml_shape provider_argument_shape;
extern const struct yaml_shape provider_paginate_keys[];

/*
 * Find the path of the NAME.yaml to use: that in the first configured folder that has one, unless
 * the machine's file is final.  The caller frees PATH.  Returns FOB_SUCCESS, FOB_NOT_FOUND without
 * a message, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
int provider_find_file(const struct settings *settings, const char *name, char **path);
/* Find NAME.yaml in the configured folders, even if the machine's file is used instead.  Returns as
 * provider_find_file(). */
int provider_find_first(const struct settings *settings, const char *name, char **path);
/* Append the paths of all NAME.yaml in the configured folders except USED to HIDDEN, separated by
 * commas.  Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_hidden_files(const struct settings *settings, const char *name, const char *used,
                          struct strbuf *hidden);
/* Find and read NAME.yaml; returns as provider_find_file() and yaml_read_path(). */
int provider_open_file(const struct settings *settings, const char *name, struct yaml_file **file);

/* Read the fields, and the stacks of all hooks.  Mistakes go to the files that they are in.
 * Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_read_fields(struct fob_provider *provider);
int provider_read_stacks(const struct settings *settings, struct fob_provider *provider);
void provider_free_fields(struct fob_provider *provider);
/* What is wrong with VALUE for TYPE, as a static string; or NULL. */
const char *provider_value_fault(enum provider_type type, const char *value);

/* Add a mistake to FILE when the base_url of OPTIONS, a map or NULL, is not valid, whatever the
 * fields are that it names.  This check works before a plugin is loaded. */
void provider_check_base_url(const struct fob_provider *provider, struct yaml_file *file,
                             const struct yaml_node *options);

/* Read the actions.  Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_read_actions(struct fob_provider *provider);
void provider_free_actions(struct fob_provider *provider);
/* Read the defaults for lists into PROVIDER, or paginate of an action, whose NODE is a map.  Return
 * FOB_SUCCESS, FOB_NOMEM. */
int provider_read_list(struct fob_provider *provider);
int provider_read_paginate(const struct fob_provider *provider, const struct yaml_node *node,
                           struct provider_action *action);
void provider_free_places(struct provider_action *action);
/* Read the key items of an action or of the file, if NODE has it. */
void provider_read_items(struct yaml_file *file, const struct yaml_node *node,
                         struct fob_action *action);
/* Read the arguments of ACTION, whose NODE is a map: those in the path, and those that it
 * declares. */
int provider_read_arguments(struct yaml_file *file, const struct yaml_node *node,
                            struct provider_action *action);

/* As provider_read(), but for an unusable file returns a provider whose only mistake says so.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOMEM. */
int provider_read_any(const struct settings *settings, const char *name,
                      struct fob_provider **provider);

#endif
