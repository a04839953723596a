/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of the reading of YAML: yaml.c makes a tree of events, yaml_alias.c has what they name
 * twice, and both make nodes by yaml_tree.c.
 */
#ifndef FOB_UTIL_YAML_PARTS_H
#define FOB_UTIL_YAML_PARTS_H

#include "util/yaml.h"

#include <yaml.h>

struct anchor {
    char *name;
    const struct yaml_node *node;
    bool open; /* the node is still being read */
};

/* One reading of a text. */
struct reading {
    struct yaml_file *file;
    const char *text;
    yaml_parser_t parser;
    struct anchor *anchors; /* no more than ANCHORS_MAX */
    size_t anchor_count;
    struct yaml_node *dropped; /* a list of nodes that are not in the tree; anchors may name them */
    size_t nodes;              /* made so far */
    bool ended;                /* by a mistake, or by lack of memory */
    bool nomem;
};

/* A mistake that the reading goes on after. */
void yaml_tree_mistake(struct reading *reading, const yaml_mark_t *mark, const char *why);
/* End the reading with a mistake. */
void yaml_tree_end(struct reading *reading, const yaml_mark_t *mark, const char *why);
void yaml_tree_nomem(struct reading *reading);
/* A new node, unless that passes a bound. */
struct yaml_node *yaml_tree_node(struct reading *reading, enum yaml_kind kind,
                                 const yaml_mark_t *mark, size_t depth);
/* Add a value, with a KEY to a map, to NODE.  Takes both over. */
void yaml_tree_add(struct reading *reading, struct yaml_node *node, struct yaml_node *key,
                   struct yaml_node *value);
/* Keep NODE, which is in no tree, as long as an alias may name it. */
void yaml_tree_drop(struct reading *reading, struct yaml_node *node);
void yaml_node_free(struct yaml_node *node);

/* Let aliases called NAME, which may be NULL, mean NODE from now on. */
void yaml_alias_open(struct reading *reading, const yaml_char_t *name, const yaml_mark_t *mark,
                     const struct yaml_node *node);
/* NODE is read; an anchor that meanwhile means another one is left alone. */
void yaml_alias_close(struct reading *reading, const struct yaml_node *node);
/* A copy of what EVENT names; NULL when nothing is to be had. */
struct yaml_node *yaml_alias_read(struct reading *reading, const yaml_event_t *event, size_t depth);

#endif
