/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes trees. */
#include "config.h"

#include "util/tree_make.h"

#include <string.h>

/* A tag and a size. */
#define ITEM_BEGIN 5

void tree_make_item(struct strbuf *out, enum tree_kind kind, const void *data, size_t size)
{
    char *at = strbuf_extend(out, size + WIRE_ITEM_EXTRA);

    if (at != NULL)
        (void)wire_put_item((unsigned char *)at, (uint8_t)kind, data, size);
}

size_t tree_make_begin(struct strbuf *out, enum tree_kind kind)
{
    const size_t place = out->size;
    char *at = strbuf_extend(out, ITEM_BEGIN);

    if (at != NULL) {
        memset(at, 0, ITEM_BEGIN);
        *at = (char)kind;
    }
    return place;
}

void tree_make_end(struct strbuf *out, size_t place)
{
    strbuf_add(out, "", 1);
    if (!out->failed)
        wire_put((unsigned char *)out->data + place + 1, out->size - place - WIRE_ITEM_EXTRA, 4);
}
