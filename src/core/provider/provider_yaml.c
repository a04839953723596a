/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads values of a provider's file by their keys. */
#include "config.h"

#include "core/provider/provider_yaml.h"

#include "util/error.h"

#include <fob/fob.h>

#include <stdlib.h>
#include <string.h>

const char *provider_text_at(const struct yaml_node *map, const char *key, const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, key);

    return node != NULL && node->kind == YAML_TEXT ? node->text : fallback;
}

int64_t provider_number_at(const struct yaml_node *map, const char *key, int64_t fallback)
{
    const char *text = provider_text_at(map, key, NULL);

    return text != NULL ? strtoll(text, NULL, 10) : fallback;
}

bool provider_flag_at(const struct yaml_node *map, const char *key)
{
    return strcmp(provider_text_at(map, key, ""), "true") == 0;
}

const struct yaml_node *provider_list_at(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node == NULL || node->kind != YAML_LIST || node->count == 0)
        return NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (node->values[i]->kind != YAML_TEXT)
            return NULL;
    }
    return node;
}

int provider_texts_at(const struct yaml_node *map, const char *key, const char ***texts)
{
    const struct yaml_node *node = provider_list_at(map, key);
    const char **list;

    if (node == NULL)
        return FOB_SUCCESS;
    list = calloc(node->count + 1, sizeof *list);
    if (list == NULL)
        return error_nomem();
    for (size_t i = 0; i < node->count; i++)
        list[i] = node->values[i]->text;
    *texts = list;
    return FOB_SUCCESS;
}
