/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Options: a plugin's schema against what the YAML files say.
 */
#ifndef FOB_CORE_CONFIG_SCHEMA_H
#define FOB_CORE_CONFIG_SCHEMA_H

#include <fob/plugin.h>

#include "util/yaml.h"

struct option_value {
    const struct fob_option *option;
    const char *text;             /* strings, enums, paths, URLs; the word in place of a list;
                                     borrowed from file or schema */
    int64_t number;               /* integers, durations in seconds, sizes in bytes, booleans 0/1 */
    const struct yaml_node *list; /* lists; or NULL */
    bool set;
};

struct option_values {
    struct option_value *values; /* one an option of the schema */
    size_t count;
};

/* Where options may be written, the strongest first.  A layer without a map is NULL. */
struct option_layer {
    struct yaml_file *file; /* mistakes go here */
    const struct yaml_node *map;
    bool shared; /* serves other plugins too: an option this plugin does not know is no mistake */
};

/*
 * Find the value of every option in OPTIONS (ends with an empty one; may be NULL) in the first of
 * COUNT LAYERS that has it, or its default, and check type, range and that required ones are there.
 *
 * WHERE is the node that mistakes of absence point at, in the first layer's file.  Returns
 * FOB_SUCCESS, FOB_CONFIG (mistakes were added to the layers' files; the error tells those of the
 * first layer that has some), FOB_NOMEM.
 */
int schema_resolve(const struct fob_option *options, const struct option_layer *layers,
                   size_t count, const struct yaml_node *where, struct option_values *values);
void schema_free(struct option_values *values);
/* The value of NAME, or NULL when the schema has no such option. */
const struct option_value *schema_find(const struct option_values *values, const char *name);
/* FOB_SUCCESS when the schema itself is sound (names, types, defaults, ranges), else FOB_PLUGIN. */
int schema_check(const struct fob_option *options);
/* What is wrong with the base_url of OPTIONS (a map, or NULL) is added to FILE's mistakes: it can
 * be told before there is a plugin to declare it. */
void schema_check_base_url(struct yaml_file *file, const struct yaml_node *options);

#endif
