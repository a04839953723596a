/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An action of a provider, checked, and its words: placeholders, pointers, types.
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
/* The names of the types, as files have them. */
extern const char *const action_argument_types[ARGUMENT_TYPE_COUNT];

struct argument_rule {
    enum argument_type type;
    bool named; /* a placeholder says where it goes */
    const char **choices;
};

/* Where an answer has the next page, the number of items, of pages, and of a full page's items. */
#define PLACE_KINDS 4

struct provider_action {
    struct fob_action public;              /* the first member, since applications have only that */
    struct fob_action_argument *arguments; /* FACE's own */
    struct argument_rule *rules;           /* one for each of them */
    char *names;                           /* of the arguments that only the path has */
    const char **columns;
    const char **withheld;
    const char **places[PLACE_KINDS]; /* what FACE's places point to */
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
/* The number of the argument that PLACEHOLDER names; the count when there is none. */
size_t action_find_argument(const struct provider_action *action,
                            const struct placeholder *placeholder);
/* What a value must not be where it goes, beside its type; NULL when VALUE is not. */
const char *action_place_fault(enum fob_place place, const char *value);
/* What a value of argument number INDEX must be; NULL when VALUE is. */
const char *action_value_fault(const struct provider_action *action, size_t index,
                               const char *value);
/* "" or "/a/b": RFC 6901. */
bool action_is_pointer(const char *text);
/* Whether TEXT is a number as JSON (RFC 8259) writes them. */
bool action_is_number(const char *text);

#endif
