/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * JSON as items (fob-worker(7)), read where it lies: a worker parses what a provider sends, and
 * this side has no parser.
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
    enum tree_kind kind;         /* TREE_STRING for an odd one, too */
    struct span content;         /* of a string its text */
    struct span json;            /* how JSON writes an odd string; else empty */
    const char *const *withheld; /* members that read as "***", at any depth; or NULL */
};

/* Whether ITEMS are one value, right in all its parts.  Nothing else may be read as a tree. */
bool tree_check(struct span items);
/* The value that ITEMS are. */
struct tree tree_root(struct span items);
static inline bool tree_is_false(const struct tree *value)
{
    return value->kind == TREE_BOOLEAN && *(const unsigned char *)value->content.data == 0;
}

static inline bool tree_is_container(const struct tree *value)
{
    return value->kind == TREE_ARRAY || value->kind == TREE_OBJECT;
}

/* Cut the next value off REST, which begins as the content of an array, and belongs to PARENT. */
bool tree_next(const struct tree *parent, struct span *rest, struct tree *value);
/* The same for an object; NAME is the member's, a string without a NUL in it. */
bool tree_next_member(const struct tree *parent, struct span *rest, struct tree *name,
                      struct tree *value);
/* The value at POINTER (RFC 6901) in ROOT.  False when there is none. */
bool tree_find(const struct tree *root, const char *pointer, struct tree *value);

/* Append the value as JSON on one line. */
void tree_write(struct strbuf *out, const struct tree *value);

#endif
