/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Resolves anchors and aliases: an alias becomes a copy of the node that it names. */
#include "config.h"

#include "util/yaml_parts.h"

#include <stdlib.h>
#include <string.h>

#define ANCHORS_MAX 256

/* The anchor called NAME, which is created if necessary; NULL when the parser has stopped. */
static struct anchor *alias_get_anchor(struct reading *reading, const char *name,
                                       const yaml_mark_t *mark)
{
    struct anchor *more;

    for (size_t i = 0; i < reading->anchor_count; i++) {
        if (strcmp(reading->anchors[i].name, name) == 0)
            return &reading->anchors[i];
    }
    if (reading->anchor_count == ANCHORS_MAX) {
        yaml_tree_end(reading, mark, "too many anchors");
        return NULL;
    }
    more = reallocarray(reading->anchors, reading->anchor_count + 1, sizeof *more);
    if (more != NULL)
        reading->anchors = more;
    if (more == NULL || (more[reading->anchor_count].name = strdup(name)) == NULL) {
        yaml_tree_nomem(reading);
        return NULL;
    }
    return &more[reading->anchor_count++];
}

void yaml_alias_open(struct reading *reading, const yaml_char_t *name, const yaml_mark_t *mark,
                     const struct yaml_node *node)
{
    struct anchor *anchor =
        name != NULL && node != NULL ? alias_get_anchor(reading, (const char *)name, mark) : NULL;

    if (anchor != NULL) {
        anchor->node = node;
        anchor->open = true;
    }
}

void yaml_alias_close(struct reading *reading, const struct yaml_node *node)
{
    for (size_t i = 0; i < reading->anchor_count; i++) {
        if (reading->anchors[i].node == node)
            reading->anchors[i].open = false;
    }
}

/* A copy of SOURCE for another place. */
static struct yaml_node *alias_copy_node(struct reading *reading, const struct yaml_node *source,
                                         size_t depth)
{
    const yaml_mark_t mark = { 0, source->line - 1, source->column - 1 };
    struct yaml_node *node = yaml_tree_node(reading, source->kind, &mark, depth);

    if (node == NULL)
        return NULL;
    node->plain = source->plain;
    if (source->text != NULL) {
        node->text = strdup(source->text);
        if (node->text == NULL)
            yaml_tree_nomem(reading);
    }
    for (size_t i = 0; i < source->count && !reading->ended; i++) {
        struct yaml_node *key =
            source->keys != NULL ? alias_copy_node(reading, source->keys[i], depth + 1) : NULL;
        struct yaml_node *value = alias_copy_node(reading, source->values[i], depth + 1);

        if (reading->ended) {
            yaml_node_free(key);
            yaml_node_free(value);
        } else {
            yaml_tree_add(reading, node, key, value);
        }
    }
    if (reading->ended) {
        yaml_node_free(node);
        return NULL;
    }
    return node;
}

struct yaml_node *yaml_alias_read(struct reading *reading, const yaml_event_t *event, size_t depth)
{
    const char *name = (const char *)event->data.alias.anchor;

    for (size_t i = 0; i < reading->anchor_count; i++) {
        const struct anchor *anchor = &reading->anchors[i];

        if (strcmp(anchor->name, name) != 0)
            continue;
        if (!anchor->open)
            return alias_copy_node(reading, anchor->node, depth);
        yaml_tree_mistake(reading, &event->start_mark, "an alias to what holds it");
        return NULL;
    }
    yaml_tree_mistake(reading, &event->start_mark, "an alias without an anchor before it");
    return NULL;
}
