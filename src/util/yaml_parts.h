/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of the YAML parser: yaml.c turns events into a tree, yaml_alias.c resolves anchors and
 * aliases, and both create nodes with yaml_tree.c.
 */
#ifndef FOB_UTIL_YAML_PARTS_H
#define FOB_UTIL_YAML_PARTS_H

#include "util/yaml.h"

#include <yaml.h>

struct anchor {
    char *name;
    const struct yaml_node *node;
    bool open; /* the node is still being parsed */
};

/* The state of the parser during one text. */
struct reading {
    struct yaml_file *file;
    const char *text;
    yaml_parser_t parser;
    struct anchor *anchors; /* at most ANCHORS_MAX */
    size_t anchor_count;
    struct yaml_node *dropped; /* a list of nodes outside the tree, which anchors may still name */
    size_t nodes;              /* created so far */
    bool ended;                /* by a mistake, or by lack of memory */
    bool nomem;
};

/* Add a mistake, and continue. */
void yaml_tree_mistake(struct reading *reading, const yaml_mark_t *mark, const char *why);
/* Add a mistake, and stop the parser. */
void yaml_tree_end(struct reading *reading, const yaml_mark_t *mark, const char *why);
void yaml_tree_nomem(struct reading *reading);
/* A new node; NULL when that would pass a limit. */
struct yaml_node *yaml_tree_node(struct reading *reading, enum yaml_kind kind,
                                 const yaml_mark_t *mark, size_t depth);
/* Add VALUE to the list or, with KEY, to the map NODE.  Takes ownership of both. */
void yaml_tree_add(struct reading *reading, struct yaml_node *node, struct yaml_node *key,
                   struct yaml_node *value);
/* Keep NODE, which is not in the tree, for as long as an alias may name it. */
void yaml_tree_drop(struct reading *reading, struct yaml_node *node);
void yaml_node_free(struct yaml_node *node);

/* Make NODE the meaning of the anchor NAME, which may be NULL. */
void yaml_alias_open(struct reading *reading, const yaml_char_t *name, const yaml_mark_t *mark,
                     const struct yaml_node *node);
/* Mark NODE as complete.  An anchor that has been redefined meanwhile is left alone. */
void yaml_alias_close(struct reading *reading, const struct yaml_node *node);
/* A copy of the node that the alias EVENT names; NULL when there is none. */
struct yaml_node *yaml_alias_read(struct reading *reading, const yaml_event_t *event, size_t depth);

#endif
