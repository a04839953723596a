/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes JSON strings (RFC 8259, section 7); never copies a byte of a secret anywhere but to its
 * destination. */
#include "config.h"

#include "util/json_write.h"

#include <fob/fob.h>

#include "util/text.h"

#include <string.h>

/* Where the text goes; a false stops it. */
typedef bool append_fn(void *to, const void *data, size_t size);

static bool append_to_buffer(void *to, const void *data, size_t size)
{
    strbuf_add(to, data, size);
    return true;
}

static bool append_to_secret(void *to, const void *data, size_t size)
{
    return fob_secret_append(to, data, size) == FOB_SUCCESS;
}

/* The length of what may stand in a JSON string as it is, at the start of TEXT. */
static size_t plain_size(const char *text, size_t size)
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

/* Append BYTE, which can not stand as it is. */
static bool append_escape(append_fn *append, void *to, unsigned char byte)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char escapes[] = "\\\"\\\\\\b\\f\\n\\r\\t";
    static const char digits[] = "0123456789abcdef";
    const char *at = byte != 0 ? strchr(plain, byte) : NULL;

    if (at != NULL)
        return append(to, escapes + 2 * (at - plain), 2);
    if (byte >= 0x80)
        return append(to, "\xef\xbf\xbd", 3);
    return append(to, "\\u00", 4) && append(to, digits + (byte >> 4), 1) &&
           append(to, digits + (byte & 0x0f), 1);
}

static bool write_string(append_fn *append, void *to, const char *text, size_t size)
{
    bool good = append(to, "\"", 1);

    for (size_t at = 0; good && at < size;) {
        size_t plain = plain_size(text + at, size - at);

        good = append(to, text + at, plain);
        at += plain;
        if (good && at < size)
            good = append_escape(append, to, (unsigned char)text[at++]);
    }
    return good && append(to, "\"", 1);
}

void json_write_string(struct strbuf *buf, const char *text, size_t size)
{
    /* Nearly all can stand as it is. */
    if (plain_size(text, size) == size) {
        char *at = strbuf_extend(buf, size + 2);

        if (at == NULL)
            return;
        at[0] = '"';
        memcpy(at + 1, text, size);
        at[size + 1] = '"';
        return;
    }
    (void)write_string(append_to_buffer, buf, text, size);
}

bool json_write_secret(struct fob_secret *out, const char *text, size_t size)
{
    return text_is_utf8(text, size) && write_string(append_to_secret, out, text, size);
}
