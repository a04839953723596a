/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses the names of fields, which may be written in three ways, and writes their values. */
#include "config.h"

#include "util/cell.h"

#include <string.h>

void cell_pointer_part(struct strbuf *pointer, const char *name, size_t size)
{
    strbuf_add(pointer, "/", 1);
    for (size_t i = 0; i < size; i++) {
        if (name[i] == '~' || name[i] == '/')
            strbuf_add_text(pointer, name[i] == '~' ? "~0" : "~1");
        else
            strbuf_add(pointer, name + i, 1);
    }
}

/* "a.b.c"; no part may be empty. */
static bool cell_add_dotted(struct strbuf *pointer, const char *text, size_t size)
{
    const bool any = size > 0;

    while (size > 0) {
        const char *dot = memchr(text, '.', size);
        size_t part = dot != NULL ? (size_t)(dot - text) : size;

        if (part == 0 || part + 1 == size)
            return false;
        cell_pointer_part(pointer, text, part);
        text += part + (dot != NULL);
        size -= part + (dot != NULL);
    }
    return any;
}

static bool cell_is_pointer(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '~' && (i + 1 == size || (text[i + 1] != '0' && text[i + 1] != '1')))
            return false;
    }
    return true;
}

bool cell_pointer(struct strbuf *pointer, const char *text, size_t size)
{
    if (size == 0 || text[0] != '/')
        return cell_add_dotted(pointer, text, size);
    strbuf_add(pointer, text, size);
    return cell_is_pointer(text, size);
}

void cell_text(struct strbuf *out, const struct tree *value)
{
    if (value->kind == TREE_STRING)
        strbuf_add(out, value->content.data, value->content.size);
    else if (value->kind != TREE_NULL)
        tree_write(out, value);
}
