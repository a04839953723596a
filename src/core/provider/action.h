/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Actions of a provider, and the parts of their definitions: placeholders, pointers, types.
 */
#ifndef FOB_CORE_PROVIDER_ACTION_H
#define FOB_CORE_PROVIDER_ACTION_H

#include <fob/fob.h>

#include "util/yaml.h"

enum argument_type {
    ARGUMENT_STRING,
    ARGUMENT_INTEGER,
    ARGUMENT_NUMBER,
    ARGUMENT_BOOLEAN,
    ARGUMENT_DATE,
    ARGUMENT_ENUM,
    ARGUMENT_TYPE_COUNT
};
/* The names of the types in provider files; ends with NULL. */
extern const char *const action_argument_types[ARGUMENT_TYPE_COUNT + 1];

struct argument_rule {
    enum argument_type type;
    bool named; /* some placeholder uses it */
    const char **choices;
};

/* Where an answer has: the next page, the number of items, of pages, of items in a full page. */
#define PLACE_KINDS 5

struct provider_action {
    struct fob_action public;     /* the first member; applications see only this */
    struct fob_paginate paginate; /* PUBLIC's */
    struct fob_action_argument *arguments;
    size_t argument_count;
    struct argument_rule *rules; /* one for each of them */
    char *names;                 /* of arguments that only the path declares */
    const char **columns;
    const char **withheld;
    const char **places[PLACE_KINDS]; /* PUBLIC's places point to these */
    const struct yaml_node *query;    /* a map of texts, or NULL */
    const struct yaml_node *body;     /* a map, or NULL */
};

/* A placeholder, "{name}"; NAME points into the text. */
struct placeholder {
    const char *name;
    size_t size;
};

/* Whether TEXT is one placeholder and nothing else. */
bool action_placeholder(const char *text, struct placeholder *placeholder);
/* The index of the argument that PLACEHOLDER names; the number of arguments when none matches. */
size_t action_find_argument(const struct provider_action *action,
                            const struct placeholder *placeholder);
/* What is wrong with VALUE at PLACE, whatever its type; NULL when it is valid. */
const char *action_place_fault(enum fob_place place, const char *value);
/* What VALUE, for argument INDEX, must be instead; NULL when it is valid. */
const char *action_value_fault(const struct provider_action *action, size_t index,
                               const char *value);
/* Whether TEXT is a JSON Pointer (RFC 6901): "" or "/a/b". */
bool action_is_pointer(const char *text);

#endif
