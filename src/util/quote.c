/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Quoting for shells, curl and JSON. */
#include "config.h"

#include "util/quote.h"

#include "util/text.h"

#include <string.h>

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static void quote_append(const struct quote *out, const char *data, size_t size)
{
    if (size > 0)
        out->add(out->sink, data, size);
}

void quote_text(const struct quote *out, const char *text)
{
    quote_append(out, text, strlen(text));
}

/* Append DATA between two QUOTEs, with each byte replaced by what ESCAPE writes for it, if
 * anything. */
static void quote_add_quoted(const struct quote *out, const char *quote,
                             size_t (*escape)(unsigned char byte, char buffer[static 7]),
                             const char *data, size_t size)
{
    char buffer[7];
    size_t plain = 0; /* the start of the bytes that need no escape */

    quote_text(out, quote);
    for (size_t i = 0; i < size; i++) {
        size_t length = escape((unsigned char)data[i], buffer);

        if (length == 0)
            continue;
        quote_append(out, data + plain, i - plain);
        quote_append(out, buffer, length);
        plain = i + 1;
    }
    quote_append(out, data + plain, size - plain);
    quote_text(out, quote);
}

static size_t quote_escape_shell(unsigned char byte, char buffer[static 7])
{
    if (byte != '\'')
        return 0;
    memcpy(buffer, "'\\''", 4);
    return 4;
}

void quote_shell(const struct quote *out, const char *data, size_t size)
{
    quote_add_quoted(out, "'", quote_escape_shell, data, size);
}

/* Escape QUOTE and the backslash itself. */
static size_t quote_escape_by_backslash(unsigned char byte, unsigned char quote,
                                        char buffer[static 7])
{
    if (byte != quote && byte != '\\')
        return 0;
    buffer[0] = '\\';
    buffer[1] = (char)byte;
    return 2;
}

static size_t quote_escape_fish(unsigned char byte, char buffer[static 7])
{
    return quote_escape_by_backslash(byte, '\'', buffer);
}

void quote_fish(const struct quote *out, const char *data, size_t size)
{
    quote_add_quoted(out, "'", quote_escape_fish, data, size);
}

static size_t quote_escape_curl(unsigned char byte, char buffer[static 7])
{
    return quote_escape_by_backslash(byte, '"', buffer);
}

void quote_curl(const struct quote *out, const char *data, size_t size)
{
    quote_add_quoted(out, "\"", quote_escape_curl, data, size);
}

void quote_percent(const struct quote *out, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char encoded[3];

        out->add(out->sink, encoded, text_put_percent((unsigned char)data[i], encoded));
    }
}

static size_t quote_escape_json(unsigned char byte, char buffer[static 7])
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    static const char digits[] = "0123456789abcdef";
    const char *at = memchr(plain, byte, sizeof plain - 1);

    if (at != NULL) {
        buffer[0] = '\\';
        buffer[1] = letters[at - plain];
        return 2;
    }
    if (byte >= 0x20 && byte != 0x7f)
        return 0;
    memcpy(buffer, "\\u00", 4);
    buffer[4] = digits[byte >> 4];
    buffer[5] = digits[byte & 15];
    return 6;
}

void quote_json(const struct quote *out, const char *data, size_t size)
{
    quote_add_quoted(out, "\"", quote_escape_json, data, size);
}

bool quote_fits_line(const char *data, size_t size)
{
    return memchr(data, '\n', size) == NULL && memchr(data, '\r', size) == NULL &&
           memchr(data, '\0', size) == NULL;
}

bool quote_is_prefix(const char *text)
{
    return strspn(text, CAPITALS SMALL DIGITS "_") == strlen(text) &&
           (text[0] == '\0' || strchr(DIGITS, text[0]) == NULL);
}

/* Append TEXT in capitals, with '_' for every character that is neither letter nor digit. */
static void quote_variable(const struct quote *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *small = strchr(SMALL, *text);
        char byte = small != NULL                            ? CAPITALS[small - SMALL]
                    : strchr(CAPITALS DIGITS, *text) != NULL ? *text
                                                             : '_';

        quote_append(out, &byte, 1);
    }
}

void quote_name(const struct quote *out, const char *prefix, const char *provider,
                const char *field)
{
    if (prefix != NULL) {
        quote_text(out, prefix);
    } else {
        /* A variable's name cannot begin with a digit. */
        quote_text(out, strchr(DIGITS, provider[0]) != NULL ? "_" : "");
        quote_variable(out, provider);
        quote_text(out, "_");
    }
    quote_variable(out, field);
}
