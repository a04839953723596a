/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reading values of a provider's file, each at a key of a map.  Mistakes go to the file.
 */
#ifndef FOB_CORE_PROVIDER_PROVIDER_YAML_H
#define FOB_CORE_PROVIDER_PROVIDER_YAML_H

#include "util/yaml.h"

/* The text at KEY of MAP, or FALLBACK; the boolean at KEY, or false.  A word is not empty. */
const char *provider_text_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                             const char *fallback);
const char *provider_word_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                             const char *fallback);
bool provider_flag_at(struct yaml_file *file, const struct yaml_node *map, const char *key);
/* The list of texts at KEY of MAP, ending with NULL; NULL when there is none.  The caller frees the
 * list; the texts are borrowed.  Returns FOB_SUCCESS, FOB_NOMEM. */
int provider_texts_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                      const char ***texts);

#endif
