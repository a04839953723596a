/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The nodes of an option's tree: each is its item in the memory of the handle. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/text.h"
#include "util/tree.h"

#include <fob/node.h>

#include <stdlib.h>
#include <string.h>

/* The item at NODE.  Its content is checked, so that its size is right. */
static enum tree_kind plugin_node_item(const struct fob_node *node, struct span *content)
{
    const unsigned char *at = (const unsigned char *)node;
    struct span rest = { at, node != NULL ? (size_t)wire_get(at + 1, 4) + WIRE_ITEM_EXTRA : 0 };
    uint8_t tag = 0;

    *content = (struct span){ "", 0 };
    (void)wire_next_item(&rest, &tag, content);
    return (enum tree_kind)tag;
}

enum fob_node_kind fob_node_kind(const struct fob_node *node)
{
    struct span content;

    switch (plugin_node_item(node, &content)) {
    case TREE_NULL:
        return FOB_NODE_NULL;
    case TREE_BOOLEAN:
        return FOB_NODE_BOOLEAN;
    case TREE_NUMBER:
        return FOB_NODE_NUMBER;
    case TREE_STRING:
        return FOB_NODE_TEXT;
    case TREE_ARRAY:
        return FOB_NODE_LIST;
    case TREE_OBJECT:
        return FOB_NODE_MAP;
    default:
        return FOB_NODE_NONE;
    }
}

const char *fob_node_text(const struct fob_node *node)
{
    struct span content;

    switch (plugin_node_item(node, &content)) {
    case TREE_NULL:
        return "null";
    case TREE_BOOLEAN:
        return *(const char *)content.data != 0 ? "true" : "false";
    case TREE_NUMBER:
    case TREE_STRING:
        return content.data;
    default:
        return NULL;
    }
}

/* Item number INDEX of a list, or of the keys and values of a map. */
static const struct fob_node *plugin_node_at(const struct fob_node *node, size_t index)
{
    struct span rest;
    struct span item;
    uint8_t tag;

    if (fob_node_kind(node) != FOB_NODE_LIST && fob_node_kind(node) != FOB_NODE_MAP)
        return NULL;
    (void)plugin_node_item(node, &rest);
    for (; rest.size > 0; index--) {
        if (index == 0)
            return rest.data;
        if (!wire_next_item(&rest, &tag, &item))
            return NULL;
    }
    return NULL;
}

size_t fob_node_count(const struct fob_node *node)
{
    size_t count = 0;

    while (plugin_node_at(node, count) != NULL)
        count++;
    return fob_node_kind(node) == FOB_NODE_MAP ? count / 2 : count;
}

const struct fob_node *fob_node_value(const struct fob_node *node, size_t index)
{
    return plugin_node_at(node, fob_node_kind(node) == FOB_NODE_MAP ? 2 * index + 1 : index);
}

const struct fob_node *fob_node_key(const struct fob_node *map, size_t index)
{
    return fob_node_kind(map) == FOB_NODE_MAP ? plugin_node_at(map, 2 * index) : NULL;
}

const struct fob_node *fob_node_get(const struct fob_node *map, const char *key)
{
    const struct fob_node *found;

    for (size_t i = 0; key != NULL && (found = fob_node_key(map, i)) != NULL; i++) {
        if (strcmp(fob_node_text(found), key) == 0)
            return fob_node_value(map, i);
    }
    return NULL;
}

const char *fob_nearest(const char *word, const char *const *words)
{
    size_t count = 0;

    if (word == NULL || words == NULL)
        return NULL;
    while (words[count] != NULL)
        count++;
    return text_nearest(word, words, count);
}

static bool plugin_node_is_among(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(*words, word) == 0)
            return true;
    }
    return false;
}

bool fob_node_check_keys(struct fob_handle *handle, const struct fob_node *node,
                         const char *const *keys)
{
    const struct fob_node *key;

    if (fob_node_kind(node) != FOB_NODE_MAP || keys == NULL) {
        fob_node_mistake(handle, node, "must be a map of keys and values");
        return false;
    }
    for (size_t i = 0; (key = fob_node_key(node, i)) != NULL; i++) {
        const char *word = fob_node_text(key);
        const char *nearest = fob_nearest(word, keys);

        if (plugin_node_is_among(word, keys))
            continue;
        if (nearest != NULL)
            fob_node_mistake(handle, key, "unknown key %s; did you mean %s?", word, nearest);
        else
            fob_node_mistake(handle, key, "unknown key %s", word);
    }
    return true;
}
