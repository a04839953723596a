/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The options of an entry, resolved by the host. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/tree.h"

#include <stdlib.h>
#include <string.h>

int plugin_take_options(struct fob_handle *handle)
{
    struct span rest = handle->items;
    struct span item;
    uint8_t tag;
    size_t count = 0;

    while (frame_next(&rest, &tag, &item))
        count += tag == FRAME_OPTION;
    handle->options = malloc((count + 1) * sizeof *handle->options);
    if (handle->options == NULL)
        return error_nomem();
    rest = handle->items;
    while (frame_next(&rest, &tag, &item)) {
        if (tag != FRAME_OPTION)
            continue;
        handle->options[handle->option_count++] = (struct plugin_option){
            .name = item.data,
            .type = (enum fob_option_type)frame_number(rest, FRAME_OPTION_TYPE, FOB_OPTION_STRING),
            .items = rest,
        };
    }
    return FOB_SUCCESS;
}

static const struct plugin_option *plugin_find_option(const struct fob_handle *handle,
                                                      const char *name)
{
    for (size_t i = 0; plugin_is_here(handle) && name != NULL && i < handle->option_count; i++) {
        if (strcmp(handle->options[i].name, name) == 0)
            return &handle->options[i];
    }
    return NULL;
}

/* Remove the option's next item from REST; false if the next option begins. */
static bool plugin_next_of_option(struct span *rest, uint8_t *tag, struct span *item)
{
    return frame_next(rest, tag, item) && *tag != FRAME_OPTION;
}

/* Find item number INDEX among those with TAG. */
static bool plugin_find_in_option(const struct plugin_option *option, uint8_t tag, size_t index,
                                  struct span *item)
{
    struct span rest = option->items;
    uint8_t found;

    while (plugin_next_of_option(&rest, &found, item)) {
        if (found == tag && index-- == 0)
            return true;
    }
    return false;
}

const struct fob_node *fob_option_node(const struct fob_handle *handle, const char *name)
{
    const struct plugin_option *option = plugin_find_option(handle, name);
    struct span item;

    return option != NULL && option->type == FOB_OPTION_TREE &&
                   plugin_find_in_option(option, FRAME_OPTION_TREE, 0, &item)
               ? item.data
               : NULL;
}

/* Add to NUMBER the items of TREE before NODE, at any depth.  Whether NODE is among them. */
static bool plugin_count_nodes(struct span tree, const struct fob_node *node, uint32_t *number)
{
    struct span item;
    uint8_t tag;

    while (tree.size > 0) {
        if (tree.data == node)
            return true;
        ++*number;
        if (!wire_next_item(&tree, &tag, &item))
            return false;
        if ((tag == TREE_ARRAY || tag == TREE_OBJECT) && plugin_count_nodes(item, node, number))
            return true;
    }
    return false;
}

const char *plugin_find_node(const struct fob_handle *handle, const struct fob_node *node,
                             uint32_t *number)
{
    for (size_t i = 0; i < handle->option_count; i++) {
        struct span tree;
        uint32_t count = 0;

        if (!plugin_find_in_option(&handle->options[i], FRAME_OPTION_TREE, 0, &tree) ||
            !plugin_count_nodes(tree, node, &count))
            continue;
        *number = count;
        return handle->options[i].name;
    }
    return NULL;
}

/* The host writes a list of maps as yaml_items_write() does: an item for each map, key and value.
 */
uint32_t plugin_find_item(const struct fob_handle *handle, const char *name, size_t index,
                          const char *key)
{
    const struct plugin_option *option = plugin_find_option(handle, name);
    struct span rest = option != NULL ? option->items : (struct span){ "", 0 };
    struct span item;
    uint8_t tag;
    uint32_t number = 0;
    uint32_t found = 0;
    size_t items = 0;

    while (plugin_next_of_option(&rest, &tag, &item)) {
        const bool is_member = tag == FRAME_OPTION_MEMBER;

        if (tag == FRAME_OPTION_ITEM || tag == FRAME_OPTION_MAP)
            items++;
        else if (!is_member)
            continue;
        number += is_member ? 2 : 1;
        if (items == index + 1 && (!is_member || (key != NULL && strcmp(item.data, key) == 0)))
            found = number;
    }
    return found;
}

static bool plugin_is_text(enum fob_option_type type)
{
    return type == FOB_OPTION_STRING || type == FOB_OPTION_ENUM || type == FOB_OPTION_PATH ||
           type == FOB_OPTION_URL || type == FOB_OPTION_LIST;
}

const char *fob_option_text(const struct fob_handle *handle, const char *name)
{
    const struct plugin_option *option = plugin_find_option(handle, name);
    struct span item;

    return option != NULL && plugin_is_text(option->type) &&
                   plugin_find_in_option(option, FRAME_OPTION_TEXT, 0, &item)
               ? item.data
               : NULL;
}

static int64_t plugin_option_number(const struct plugin_option *option)
{
    struct span item;

    return plugin_find_in_option(option, FRAME_OPTION_NUMBER, 0, &item)
               ? (int64_t)wire_get(item.data, 8)
               : 0;
}

int64_t fob_option_number(const struct fob_handle *handle, const char *name)
{
    const struct plugin_option *option = plugin_find_option(handle, name);

    return option != NULL && option->type != FOB_OPTION_BOOLEAN ? plugin_option_number(option) : 0;
}

bool fob_option_flag(const struct fob_handle *handle, const char *name)
{
    const struct plugin_option *option = plugin_find_option(handle, name);

    return option != NULL && option->type == FOB_OPTION_BOOLEAN &&
           plugin_option_number(option) != 0;
}

const char *fob_option_item(const struct fob_handle *handle, const char *name, size_t index)
{
    const struct plugin_option *option = plugin_find_option(handle, name);
    struct span item;

    return option != NULL && option->type == FOB_OPTION_LIST &&
                   plugin_find_in_option(option, FRAME_OPTION_ITEM, index, &item)
               ? item.data
               : NULL;
}

const char *fob_option_member(const struct fob_handle *handle, const char *name, size_t index,
                              const char *key)
{
    const struct plugin_option *option = plugin_find_option(handle, name);
    struct span rest;
    struct span item;
    uint8_t tag;
    size_t maps = 0;

    if (option == NULL || key == NULL || option->type != FOB_OPTION_MAPS)
        return NULL;
    rest = option->items;
    while (plugin_next_of_option(&rest, &tag, &item)) {
        maps += tag == FRAME_OPTION_MAP;
        if (tag == FRAME_OPTION_MEMBER && maps == index + 1 && strcmp(item.data, key) == 0)
            return frame_pair_value(item).data;
    }
    return NULL;
}
