/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the files provider*.c share.
 */
#ifndef FOB_CORE_PROVIDER_PROVIDER_PARTS_H
#define FOB_CORE_PROVIDER_PROVIDER_PARTS_H

#include "core/provider/provider.h"
#include "util/strbuf.h"

#define PROVIDER_SUFFIX ".yaml"

/*
 * Find the path of the NAME.yaml that counts: the first of the configured folders', unless the
 * machine's says that it is final.  The caller frees it.  Returns FOB_SUCCESS, FOB_NOT_FOUND
 * without a message, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.
 */
int provider_find_file(const struct settings *settings, const char *name, char **path);
/* The first of the configured folders', whether it counts or not.  Returns as the former. */
int provider_find_first(const struct settings *settings, const char *name, char **path);
/* Add the paths of all others than USED in the configured folders to HIDDEN, with commas between.
 * Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_hidden_files(const struct settings *settings, const char *name, const char *used,
                          struct strbuf *hidden);
/* Read that file; returns as the former and as yaml_read_path(). */
int provider_open_file(const struct settings *settings, const char *name, struct yaml_file **file);

/* Read the fields, and the stacks of all hooks; mistakes go to the files they are in.  Returns
 * FOB_SUCCESS, FOB_NOMEM. */
int provider_read_fields(struct fob_provider *provider);
int provider_read_stacks(const struct settings *settings, struct fob_provider *provider);
void provider_free_fields(struct fob_provider *provider);
/* Read the actions; as the former. */
int provider_read_actions(struct fob_provider *provider);
void provider_free_actions(struct fob_provider *provider);
/* Read what the file says of lists for all actions, into PROVIDER's own; read paginate of an
 * action, whose NODE is a map.  Return as the former. */
int provider_read_list(struct fob_provider *provider);
int provider_read_paginate(const struct fob_provider *provider, const struct yaml_node *node,
                           struct provider_action *action);
void provider_free_places(struct provider_action *action);
/* Read items of an action, or of the file, if NODE has it. */
void provider_read_items(struct yaml_file *file, const struct yaml_node *node,
                         struct fob_action *action);
/* Read the arguments of ACTION, whose NODE is a map: those of the path, and those it declares. */
int provider_read_arguments(struct yaml_file *file, const struct yaml_node *node,
                            struct provider_action *action);

/* As provider_read(), but a file that may not be used is a provider with that as its one mistake.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOMEM. */
int provider_read_any(const struct settings *settings, const char *name,
                      struct fob_provider **provider);

#endif
