/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads values of a provider's file by their keys. */
#include "config.h"

#include "core/provider/provider_yaml.h"

#include "util/error.h"

#include <fob/fob.h>

#include <stdlib.h>

const char *provider_text_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                             const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = fallback;

    if (node != NULL)
        (void)yaml_text(file, node, &text);
    return text;
}

const char *provider_word_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                             const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = provider_text_at(file, map, key, fallback);

    if (node != NULL && text[0] == '\0')
        yaml_mistake(file, node, "%s: must not be empty", key);
    return text;
}

bool provider_flag_at(struct yaml_file *file, const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    bool value = false;

    if (node != NULL)
        (void)yaml_boolean(file, node, &value);
    return value;
}

int provider_texts_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                      const char ***texts)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char **list;

    if (node == NULL || !yaml_texts(file, node))
        return FOB_SUCCESS;
    list = calloc(node->count + 1, sizeof *list);
    if (list == NULL)
        return error_nomem();
    for (size_t i = 0; i < node->count; i++)
        list[i] = node->values[i]->text;
    *texts = list;
    return FOB_SUCCESS;
}
