/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Tokens as the items of fob-store(5) and fob-worker(7): SINCE and ENDS, 8 bytes each, the name, a
 * NUL, and the value.
 */
#ifndef FOB_UTIL_TOKEN_H
#define FOB_UTIL_TOKEN_H

#include "util/wire.h"

/* The tag of such an item. */
#define TOKEN_TAG 6
/* The most tokens of an account. */
#define TOKENS_MAX 8

/* What a hook got from the provider in exchange for the fields. */
struct token {
    const char *name;
    struct span value; /* a NUL follows, which is not counted */
    int64_t since;     /* when it was fetched, in seconds since the Epoch */
    int64_t ends;      /* 0 for an unknown time */
};

/* The size of the item's content. */
static inline size_t token_size(const struct token *token)
{
    return 16 + strlen(token->name) + 1 + token->value.size;
}

/* Write the item's content at AT. */
static inline void token_write(unsigned char *at, const struct token *token)
{
    const size_t name = strlen(token->name) + 1;

    wire_put(at, (uint64_t)token->since, 8);
    wire_put(at + 8, (uint64_t)token->ends, 8);
    memcpy(at + 16, token->name, name);
    if (token->value.size > 0)
        memcpy(at + 16 + name, token->value.data, token->value.size);
}

/* Read ITEM, which a NUL follows.  False if it is too short.  TOKEN points into ITEM. */
static inline bool token_read(struct span item, struct token *token)
{
    const unsigned char *at = item.data;
    size_t name;

    if (item.size < 17)
        return false;
    name = strlen((const char *)at + 16);
    if (16 + name >= item.size)
        return false;
    *token = (struct token){ .name = (const char *)at + 16,
                             .value = { at + 16 + name + 1, item.size - 16 - name - 1 },
                             .since = (int64_t)wire_get(at, 8),
                             .ends = (int64_t)wire_get(at + 8, 8) };
    return true;
}

#endif
