/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Creates a tree's nodes within the limits, and stops the parser with a mistake. */
#include "config.h"

#include "util/yaml_parts.h"

#include <stdlib.h>

#define DEPTH_MAX 32
#define NODES_MAX 20000

void yaml_node_free(struct yaml_node *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys != NULL)
            yaml_node_free(node->keys[i]);
        yaml_node_free(node->values[i]);
    }
    free(node->keys);
    free(node->values);
    free(node->text);
    free(node);
}

void yaml_tree_mistake(struct reading *reading, const yaml_mark_t *mark, const char *why)
{
    const struct place place = { reading->file->name, mark->line + 1, mark->column + 1 };

    mistakes_add(&reading->file->mistakes, &place, "%s", why);
}

void yaml_tree_end(struct reading *reading, const yaml_mark_t *mark, const char *why)
{
    if (!reading->ended)
        yaml_tree_mistake(reading, mark, why);
    reading->ended = true;
}

void yaml_tree_nomem(struct reading *reading)
{
    reading->nomem = true;
    reading->ended = true;
}

struct yaml_node *yaml_tree_node(struct reading *reading, enum yaml_kind kind,
                                 const yaml_mark_t *mark, size_t depth)
{
    struct yaml_node *node;

    if (depth >= DEPTH_MAX) {
        yaml_tree_end(reading, mark, "nested too deeply");
        return NULL;
    }
    if (++reading->nodes > NODES_MAX) {
        yaml_tree_end(reading, mark, "too many values; aliases count at each use");
        return NULL;
    }
    node = calloc(1, sizeof *node);
    if (node == NULL) {
        yaml_tree_nomem(reading);
        return NULL;
    }
    node->kind = kind;
    node->line = mark->line + 1;
    node->column = mark->column + 1;
    return node;
}

/* Append NODE to a list of COUNT nodes, whose capacity is the next power of two. */
static bool yaml_tree_push(struct yaml_node ***list, size_t count, struct yaml_node *node)
{
    if ((count & (count - 1)) == 0) {
        struct yaml_node **more =
            reallocarray(*list, count > 0 ? 2 * count : 1, sizeof(struct yaml_node *));

        if (more == NULL)
            return false;
        *list = more;
    }
    (*list)[count] = node;
    return true;
}

void yaml_tree_drop(struct reading *reading, struct yaml_node *node)
{
    if (node == NULL)
        return;
    if (yaml_tree_push(&reading->dropped->values, reading->dropped->count, node)) {
        reading->dropped->count++;
    } else {
        yaml_node_free(node);
        yaml_tree_nomem(reading);
    }
}

void yaml_tree_add(struct reading *reading, struct yaml_node *node, struct yaml_node *key,
                   struct yaml_node *value)
{
    if ((key == NULL || yaml_tree_push(&node->keys, node->count, key)) &&
        yaml_tree_push(&node->values, node->count, value)) {
        node->count++;
        return;
    }
    yaml_node_free(key);
    yaml_node_free(value);
    yaml_tree_nomem(reading);
}
