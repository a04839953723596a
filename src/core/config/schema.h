/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Checking options: the values in YAML files against a plugin's schema.
 */
#ifndef FOB_CORE_CONFIG_SCHEMA_H
#define FOB_CORE_CONFIG_SCHEMA_H

#include <fob/plugin.h>

#include "util/strbuf.h"
#include "util/yaml.h"

/* The largest tree, in bytes. */
#define OPTION_TREE_MAX (256 * 1024)

struct option_value {
    const struct fob_option *option;
    const char *text;             /* strings, enums, paths, URLs; the word in place of a list;
                                     borrowed from file or schema */
    int64_t number;               /* integers, durations in seconds, sizes in bytes, booleans 0/1 */
    const struct yaml_node *list; /* lists; or NULL */
    struct strbuf tree;           /* trees, as items; else empty */
    bool set;
};

struct option_values {
    struct option_value *values; /* one for each option of the schema */
    size_t count;
};

/* The places where options may be set, in order of precedence.  MAP is NULL for an empty layer. */
struct option_layer {
    struct yaml_file *file; /* mistakes go here */
    const struct yaml_node *map;
    bool shared; /* other plugins use it too, so unknown options are allowed */
};

/*
 * Find the value of every option in OPTIONS, which ends with an empty one and may be NULL: from the
 * first of COUNT LAYERS that has it, else its default.  Checks type and range, and that required
 * options are set.
 *
 * WHERE is the node that a mistake about a missing option points at, in the first layer's file.
 * Returns FOB_SUCCESS, FOB_NOMEM, or FOB_CONFIG: the mistakes were added to the layers' files, and
 * the error lists those of the first layer that has some.
 */
int schema_resolve(const struct fob_option *options, const struct option_layer *layers,
                   size_t count, const struct yaml_node *where, struct option_values *values);
void schema_free(struct option_values *values);
/* The value of NAME, or NULL when the schema has no such option. */
const struct option_value *schema_find(const struct option_values *values, const char *name);
/* FOB_SUCCESS when the schema itself is sound (names, types, defaults, ranges), else FOB_PLUGIN. */
int schema_check(const struct fob_option *options);
/* Parse a duration, as an option of that type: seconds, or a number with s, m, h or d. */
bool schema_parse_duration(const char *text, int64_t *seconds);

#endif
