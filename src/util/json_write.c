/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes JSON strings (RFC 8259, section 7). */
#include "config.h"

#include "util/json_write.h"

#include <fob/fob.h>

#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

/* The escape for BYTE into BUFFER, or the byte itself; returns the length. */
static size_t escape(unsigned char byte, char buffer[static 7])
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *at = byte != 0 ? strchr(plain, byte) : NULL;

    if (at != NULL) {
        buffer[0] = '\\';
        buffer[1] = letters[at - plain];
        return 2;
    }
    if (byte < 0x20 || byte == 0x7f)
        return (size_t)snprintf(buffer, 7, "\\u%04x", byte);
    buffer[0] = (char)byte;
    return 1;
}

void json_write_string(struct strbuf *buf, const char *text, size_t size)
{
    bool valid = text_is_utf8(text, size);
    char buffer[7];

    strbuf_add(buf, "\"", 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte >= 0x80 && !valid)
            strbuf_text(buf, "\xef\xbf\xbd");
        else
            strbuf_add(buf, buffer, escape(byte, buffer));
    }
    strbuf_add(buf, "\"", 1);
}

bool json_write_secret(struct fob_secret *out, const char *text, size_t size)
{
    char buffer[7];

    if (!text_is_utf8(text, size) || secret_append(out, "\"", 1) != FOB_SUCCESS)
        return false;
    for (size_t i = 0; i < size; i++) {
        size_t length = escape((unsigned char)text[i], buffer);

        if (secret_append(out, buffer, length) != FOB_SUCCESS)
            return false;
    }
    return secret_append(out, "\"", 1) == FOB_SUCCESS;
}
