/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The encoding of fob-store(5) and fob-worker(7): big-endian numbers, and items of a tag, a length,
 * that many bytes and a NUL.  Nothing here reads past the end of its input.
 */
#ifndef FOB_UTIL_WIRE_H
#define FOB_UTIL_WIRE_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes. */
struct span {
    const void *data;
    size_t size;
};

/* The bytes of TEXT. */
static inline struct span wire_text(const char *text)
{
    return (struct span){ text, strlen(text) };
}

/* The size of an item beyond its bytes: tag, length and NUL. */
#define WIRE_ITEM_EXTRA 6
/* A reader that does not know a tag with this bit may skip the item. */
#define WIRE_SKIPPABLE 0x80

/* Write VALUE as SIZE bytes, from 1 to 8. */
static inline void wire_put(unsigned char *at, uint64_t value, size_t size)
{
    value = htobe64(value << (64 - 8 * size));
    memcpy(at, &value, size);
}

static inline uint64_t wire_get(const unsigned char *at, size_t size)
{
    uint64_t value = 0;

    memcpy(&value, at, size);
    return be64toh(value) >> (64 - 8 * size);
}

/* Write an item; returns where the next item goes. */
static inline unsigned char *wire_put_item(unsigned char *at, uint8_t tag, const void *data,
                                           size_t size)
{
    *at = tag;
    wire_put(at + 1, size, 4);
    if (size > 0)
        memcpy(at + 5, data, size);
    at[5 + size] = '\0';
    return at + size + WIRE_ITEM_EXTRA;
}

/* Cut the first item off REST.  False when the item is incomplete.  ITEM points into REST. */
static inline bool wire_next_item(struct span *rest, uint8_t *tag, struct span *item)
{
    const unsigned char *at = rest->data;
    size_t size;

    if (rest->size < WIRE_ITEM_EXTRA)
        return false;
    size = (size_t)wire_get(at + 1, 4);
    if (size > rest->size - WIRE_ITEM_EXTRA || at[5 + size] != '\0')
        return false;
    *tag = at[0];
    *item = (struct span){ at + 5, size };
    *rest = (struct span){ at + size + WIRE_ITEM_EXTRA, rest->size - size - WIRE_ITEM_EXTRA };
    return true;
}

#endif
