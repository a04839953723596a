/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks the maps of YAML files against tables of their keys. */
#include "config.h"

#include "util/yaml_shape.h"

#include <string.h>

/* The most keys of a map. */
#define KEYS_MAX 64

static bool yaml_shape_is_word(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static void yaml_shape_check_text(struct yaml_file *file, const struct yaml_node *node,
                                  const struct yaml_shape *shape)
{
    const char *text;

    if (shape->words != NULL &&
        (node->kind != YAML_TEXT || !yaml_shape_is_word(node->text, shape->words)))
        yaml_mistake_choice(file, node, shape->key, shape->words);
    else if (yaml_text(file, node, &text) && shape->kind == SHAPE_WORD && text[0] == '\0')
        yaml_mistake(file, node, "%s: must not be empty", shape->key);
}

static void yaml_shape_check_value(struct yaml_file *file, const struct yaml_node *node,
                                   const struct yaml_shape *shape)
{
    const bool limited = shape->min != 0 || shape->max != 0;
    int64_t number;
    bool flag;

    if (shape->other != NULL)
        return;
    if (shape->kind == SHAPE_TEXT || shape->kind == SHAPE_WORD)
        yaml_shape_check_text(file, node, shape);
    else if (shape->kind == SHAPE_BOOLEAN)
        (void)yaml_boolean(file, node, &flag);
    else if (shape->kind == SHAPE_INTEGER)
        (void)yaml_integer(file, node, limited ? shape->min : INT64_MIN,
                           limited ? shape->max : INT64_MAX, &number);
    else if (shape->kind == SHAPE_TEXTS)
        (void)yaml_texts(file, node);
}

bool yaml_shape_check(struct yaml_file *file, const struct yaml_node *node,
                      const struct yaml_shape *keys)
{
    const char *known[KEYS_MAX];
    size_t count = 0;

    for (; count < KEYS_MAX && keys[count].key != NULL; count++)
        known[count] = keys[count].key;
    if (!yaml_map(file, node, known, count))
        return false;
    for (const struct yaml_shape *shape = keys; shape->key != NULL; shape++) {
        const struct yaml_node *value = yaml_get(node, shape->key);

        if (value != NULL)
            yaml_shape_check_value(file, value, shape);
        else if (shape->need == SHAPE_REQUIRED)
            yaml_mistake(file, node, "%s: missing", shape->key);
    }
    return true;
}
