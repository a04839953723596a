/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes CSV that all readers parse in the same way. */
#include "config.h"

#include "fob/request/csv.h"

#include <string.h>

void csv_cell(struct strbuf *out, const char *text, size_t size)
{
    bool quoted = size > 0 && (text[0] == ' ' || text[size - 1] == ' ');

    for (size_t i = 0; i < size && !quoted; i++)
        quoted = memchr("\",\r\n", text[i], 4) != NULL;
    if (!quoted) {
        strbuf_add(out, text, size);
        return;
    }
    strbuf_add(out, "\"", 1);
    while (size > 0) {
        const char *mark = memchr(text, '"', size);
        size_t part = mark != NULL ? (size_t)(mark - text) + 1 : size;

        strbuf_add(out, text, part);
        if (mark != NULL)
            strbuf_add(out, "\"", 1);
        text += part;
        size -= part;
    }
    strbuf_add(out, "\"", 1);
}

bool csv_is_formula(const char *text, size_t size)
{
    return size > 0 && memchr("=+-@\t\r\n", text[0], 7) != NULL;
}

void csv_row(struct strbuf *out, size_t start, size_t count)
{
    /* Some readers skip an empty line. */
    if (count == 1 && out->size == start)
        strbuf_add(out, "\"\"", 2);
    strbuf_add(out, "\r\n", 2);
}
