/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Values of a provider's file, each at a key of a map that yaml_shape_check() has checked: one of a
 * wrong kind is a mistake already, and none.
 */
#ifndef FOB_CORE_PROVIDER_PROVIDER_YAML_H
#define FOB_CORE_PROVIDER_PROVIDER_YAML_H

#include "util/yaml_shape.h"

/* The text at KEY of MAP, or FALLBACK; likewise the number; the boolean, or false; the list of
 * texts, or NULL. */
const char *provider_text_at(const struct yaml_node *map, const char *key, const char *fallback);
int64_t provider_number_at(const struct yaml_node *map, const char *key, int64_t fallback);
bool provider_flag_at(const struct yaml_node *map, const char *key);
const struct yaml_node *provider_list_at(const struct yaml_node *map, const char *key);
/* The list of texts at KEY of MAP, ending with NULL; NULL when there is none.  The caller frees the
 * list; the texts are borrowed.  Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_texts_at(const struct yaml_node *map, const char *key, const char ***texts);

#endif
