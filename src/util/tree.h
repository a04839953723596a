/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * JSON as items (fob-worker(7)), read in place.  A worker parses the provider's JSON, so the host
 * needs no parser.
 */
#ifndef FOB_UTIL_TREE_H
#define FOB_UTIL_TREE_H

#include "util/strbuf.h"
#include "util/wire.h"

/* The deepest nesting of arrays and objects. */
#define TREE_DEPTH 32

/* The tags. */
enum tree_kind {
    TREE_NULL = 1,
    TREE_BOOLEAN = 2,
    TREE_NUMBER = 3,
    TREE_STRING = 4,
    TREE_ARRAY = 5,
    TREE_OBJECT = 6,
    TREE_ODD_STRING = 7,
};

/* A value, borrowed. */
struct tree {
    enum tree_kind kind;         /* of an odd string, TREE_STRING */
    struct span content;         /* of an odd string, its text */
    struct span json;            /* of an odd string, its form in JSON; otherwise empty */
    const char *const *withheld; /* names of members that read as "***", at any depth; or NULL */
};

/* Whether ITEMS are one valid value.  Call this before all other functions. */
bool tree_check(struct span items);
/* The value in ITEMS. */
struct tree tree_root(struct span items);
static inline bool tree_is_false(const struct tree *value)
{
    return value->kind == TREE_BOOLEAN && *(const unsigned char *)value->content.data == 0;
}

static inline bool tree_is_container(const struct tree *value)
{
    return value->kind == TREE_ARRAY || value->kind == TREE_OBJECT;
}

/* Remove the next value from REST, which is at first the content of the array PARENT.  False at the
 * end. */
bool tree_next(const struct tree *parent, struct span *rest, struct tree *value);
/* The same for the next member of an object.  NAME is a string without a NUL. */
bool tree_next_member(const struct tree *parent, struct span *rest, struct tree *name,
                      struct tree *value);
/* Find the value at POINTER (RFC 6901) in ROOT.  False if there is none. */
bool tree_find(const struct tree *root, const char *pointer, struct tree *value);

/* Append the value as JSON on one line. */
void tree_write(struct strbuf *out, const struct tree *value);

#endif
