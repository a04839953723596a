/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes YAML as items, and finds the node of an item. */
#include "config.h"

#include "util/yaml_items.h"

#include "util/json_number.h"
#include "util/tree_make.h"

#include <string.h>

static void yaml_items_add_text(struct strbuf *out, const struct yaml_node *node)
{
    const bool is_true = strcmp(node->text, "true") == 0;
    const unsigned char truth = is_true;

    if (node->plain && (is_true || strcmp(node->text, "false") == 0))
        tree_make_item(out, TREE_BOOLEAN, &truth, 1);
    else if (node->plain && strcmp(node->text, "null") == 0)
        tree_make_item(out, TREE_NULL, NULL, 0);
    else
        tree_make_item(out, node->plain && json_number_is(node->text) ? TREE_NUMBER : TREE_STRING,
                       node->text, strlen(node->text));
}

void yaml_items_write(struct strbuf *out, const struct yaml_node *node)
{
    size_t place;

    if (node->kind == YAML_TEXT) {
        yaml_items_add_text(out, node);
        return;
    }
    place = tree_make_begin(out, node->kind == YAML_MAP ? TREE_OBJECT : TREE_ARRAY);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_MAP)
            tree_make_item(out, TREE_STRING, node->keys[i]->text, strlen(node->keys[i]->text));
        yaml_items_write(out, node->values[i]);
    }
    tree_make_end(out, place);
}

/* Count NODE and the nodes below it in LEFT, down to 0; the node at 0. */
static const struct yaml_node *yaml_items_count(const struct yaml_node *node, uint32_t *left)
{
    const struct yaml_node *found = NULL;

    if ((*left)-- == 0)
        return node;
    for (size_t i = 0; i < node->count && found == NULL; i++) {
        if (node->kind == YAML_MAP)
            found = yaml_items_count(node->keys[i], left);
        if (found == NULL)
            found = yaml_items_count(node->values[i], left);
    }
    return found;
}

const struct yaml_node *yaml_items_find(const struct yaml_node *root, uint32_t number)
{
    return yaml_items_count(root, &number);
}
