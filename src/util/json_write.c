/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes JSON strings (RFC 8259, section 7). */
#include "config.h"

#include "util/json_write.h"

#include "util/text.h"

#include <string.h>

/* The length of the prefix of TEXT that needs no escape in a JSON string. */
static size_t json_write_unescaped_size(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size) {
        unsigned char byte = (unsigned char)text[at];
        uint32_t character;
        size_t length;

        /* Nearly all text is plain ASCII. */
        if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
            at++;
            continue;
        }
        length = text_character(text + at, size - at, &character);

        if (length < 2)
            break;
        at += length;
    }
    return at;
}

/* Append BYTE as an escape sequence. */
static void json_write_escape(struct strbuf *buf, unsigned char byte)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char escapes[] = "\\\"\\\\\\b\\f\\n\\r\\t";
    const char *at = byte != 0 ? strchr(plain, byte) : NULL;

    if (at != NULL)
        strbuf_add(buf, escapes + 2 * (at - plain), 2);
    else if (byte >= 0x80)
        strbuf_add_text(buf, "\xef\xbf\xbd");
    else
        strbuf_printf(buf, "\\u%04x", byte);
}

void json_write_string(struct strbuf *buf, const char *text, size_t size)
{
    /* Most strings need no escape. */
    if (json_write_unescaped_size(text, size) == size) {
        char *at = strbuf_extend(buf, size + 2);

        if (at == NULL)
            return;
        at[0] = '"';
        memcpy(at + 1, text, size);
        at[size + 1] = '"';
        return;
    }
    strbuf_add_text(buf, "\"");
    for (size_t at = 0; at < size;) {
        size_t plain = json_write_unescaped_size(text + at, size - at);

        strbuf_add(buf, text + at, plain);
        at += plain;
        if (at < size)
            json_write_escape(buf, (unsigned char)text[at++]);
    }
    strbuf_add_text(buf, "\"");
}
