/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Shapes: tables of the keys that a map in YAML may have.  Readers check files against them, and
 * the build makes the JSON Schemas for editors from them.
 */
#ifndef FOB_UTIL_YAML_SHAPE_H
#define FOB_UTIL_YAML_SHAPE_H

#include "util/yaml.h"

struct fob_option;

enum shape_kind {
    /* yaml_shape_check() checks these. */
    SHAPE_TEXT,
    SHAPE_WORD, /* a text that is not empty */
    SHAPE_BOOLEAN,
    SHAPE_INTEGER,
    SHAPE_TEXTS, /* a list of at least one text */
    /* The reader checks these. */
    SHAPE_MAP,   /* a map with the keys of INNER */
    SHAPE_LIST,  /* a list with items of INNER */
    SHAPE_NAMES, /* a map of any names, with values of INNER */
    SHAPE_CODES, /* a map of return codes' names, and "default", with values of INNER */
    SHAPE_CODE,  /* the name of a return code */
    SHAPE_ANY,
    SHAPE_OPTION, /* the option of this name among OPTIONS */
};

enum shape_need {
    SHAPE_OPTIONAL,
    SHAPE_REQUIRED, /* yaml_shape_check() checks this */
    /* The reader checks these. */
    SHAPE_UNLESS, /* required unless the map has one of the keys UNLESS */
    SHAPE_ONE_OF, /* exactly one of the map's keys with this need */
    SHAPE_ALONE,  /* a map with this key has no other */
};

/* A key of a map; without KEY, an item or an alternative.  A table ends with an empty one. */
struct yaml_shape {
    const char *key;
    enum shape_kind kind;
    enum shape_need need;
    const char *const *unless;      /* ends with NULL */
    const char *const *without;     /* keys that this one excludes, ending with NULL; or NULL: for
                                       editors, the reader decides */
    int64_t min, max;               /* of an integer, or a number of items; 0 and 0 for no limit */
    const char *const *words;       /* the only texts, or names, ending with NULL; or NULL */
    const char *pattern;            /* of a text, or of names: for editors, the reader decides */
    const struct yaml_shape *inner; /* see KIND */
    const struct yaml_shape *other; /* another shape that the reader takes */
    const struct fob_option *options; /* see KIND */
    const char *summary;              /* a line for people; or NULL */
};

/* Names in provider files (text_is_identifier()) and of provider files (text_is_name()). */
#define SHAPE_IDENTIFIER "^[a-z][a-z0-9_-]{0,63}$"
#define SHAPE_NAME "^[a-z0-9][a-z0-9._-]{0,63}$"
/* A JSON Pointer, or nothing. */
#define SHAPE_POINTER "^(/.*)?$"

/*
 * Check that NODE is a map whose keys are all among KEYS, with values of their kinds, and that no
 * required key is missing.  Mistakes go to FILE.  Returns whether NODE is a map.
 */
bool yaml_shape_check(struct yaml_file *file, const struct yaml_node *node,
                      const struct yaml_shape *keys);

#endif
