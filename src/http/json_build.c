/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The grammar of RFC 8259.  json-c's own reader takes more than that, changes large integers, and
 * its strict mode refuses all but ASCII in some versions. */
#include "config.h"

#include "http/json_build.h"

#include "util/strbuf.h"

#include <fob/fob.h>

#include <json.h>

#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define REPLACEMENT UINT32_C(0xfffd)

struct reader {
    const char *at;
    const char *end;
    struct strbuf text; /* the string or number at hand */
    const char *why;    /* NULL: memory ran out */
};

static bool fail(struct reader *reader)
{
    reader->why = reader->at < reader->end ? "unexpected character" : "unexpected end of data";
    return false;
}

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

/* Go past C, after blanks, if it comes next. */
static bool take(struct reader *reader, char c)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool take_digits(struct reader *reader)
{
    size_t digits = strspn(reader->at, DIGITS);

    reader->at += digits;
    return digits > 0 || fail(reader);
}

static bool take_number(struct reader *reader)
{
    reader->at += *reader->at == '-';
    if (*reader->at == '0')
        reader->at++;
    else if (!take_digits(reader))
        return false;
    if (*reader->at == '.') {
        reader->at++;
        if (!take_digits(reader))
            return false;
    }
    if (*reader->at == 'e' || *reader->at == 'E') {
        reader->at++;
        reader->at += *reader->at == '+' || *reader->at == '-';
        return take_digits(reader);
    }
    return true;
}

/* The object for a number, which prints as TEXT does; NULL when memory ran out. */
static struct json_object *make_number(const char *text)
{
    char *end;

    errno = 0;
    if (text[0] == '-') {
        long long number = strtoll(text, &end, 10);

        if (errno == 0 && *end == '\0' && number != 0)
            return json_object_new_int64(number);
    } else {
        unsigned long long number = strtoull(text, &end, 10);

        if (errno == 0 && *end == '\0')
            return number > INT64_MAX ? json_object_new_uint64(number)
                                      : json_object_new_int64((int64_t)number);
    }
    return json_object_new_double_s(strtod(text, NULL), text);
}

static bool read_number(struct reader *reader, struct json_object **value)
{
    const char *start = reader->at;

    if (!take_number(reader))
        return false;
    strbuf_reset(&reader->text);
    strbuf_add(&reader->text, start, (size_t)(reader->at - start));
    if (!reader->text.failed)
        *value = make_number(reader->text.data);
    return *value != NULL;
}

static void add_character(struct strbuf *text, uint32_t c)
{
    char bytes[4];
    size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    for (size_t i = size - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    bytes[0] = (char)(first[size] | c);
    strbuf_add(text, bytes, size);
}

/* The four digits after \u. */
static bool take_unit(struct reader *reader, uint32_t *unit)
{
    static const char digits[] = "0123456789abcdef";

    *unit = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = strchr(digits, *reader->at | 0x20);

        if (digit == NULL || *reader->at < '0')
            return fail(reader);
        *unit = *unit * 16 + (uint32_t)(digit - digits);
        reader->at++;
    }
    return true;
}

static bool read_unit(struct reader *reader)
{
    uint32_t high;
    uint32_t low;

    if (!take_unit(reader, &high))
        return false;
    while (high >= 0xd800 && high < 0xdc00 && reader->at[0] == '\\' && reader->at[1] == 'u') {
        reader->at += 2;
        if (!take_unit(reader, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000) {
            add_character(&reader->text, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
            return true;
        }
        add_character(&reader->text, REPLACEMENT);
        high = low;
    }
    add_character(&reader->text, high >= 0xd800 && high < 0xe000 ? REPLACEMENT : high);
    return true;
}

/* What follows a backslash. */
static bool read_escape(struct reader *reader)
{
    static const char escapes[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = *reader->at != '\0' ? strchr(escapes, *reader->at) : NULL;

    if (found != NULL) {
        reader->at++;
        strbuf_add(&reader->text, &meanings[found - escapes], 1);
        return true;
    }
    if (*reader->at != 'u')
        return fail(reader);
    reader->at++;
    return read_unit(reader);
}

/* The string at hand, into the reader's text. */
static bool read_string(struct reader *reader)
{
    strbuf_reset(&reader->text);
    reader->at++;
    for (;;) {
        const char *start = reader->at;

        while ((unsigned char)*reader->at >= ' ' && *reader->at != '"' && *reader->at != '\\')
            reader->at++;
        strbuf_add(&reader->text, start, (size_t)(reader->at - start));
        if (*reader->at == '"')
            break;
        if (*reader->at != '\\')
            return fail(reader);
        reader->at++;
        if (!read_escape(reader))
            return false;
    }
    reader->at++;
    return !reader->text.failed;
}

static bool read_text(struct reader *reader, struct json_object **value)
{
    if (!read_string(reader))
        return false;
    *value = json_object_new_string_len(reader->text.size > 0 ? reader->text.data : "",
                                        (int)reader->text.size);
    return *value != NULL;
}

static bool read_word(struct reader *reader, struct json_object **value)
{
    static const char *const words[] = { "null", "false", "true" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t size = strlen(words[i]);

        if (strncmp(reader->at, words[i], size) != 0)
            continue;
        reader->at += size;
        if (i > 0)
            *value = json_object_new_boolean(i == 2);
        return i == 0 || *value != NULL;
    }
    return fail(reader);
}

static bool read_value(struct reader *reader, struct json_object **value);

static bool read_element(struct reader *reader, struct json_object *array)
{
    struct json_object *value = NULL;

    if (!read_value(reader, &value))
        return false;
    if (json_object_array_add(array, value) == 0)
        return true;
    json_object_put(value);
    return false;
}

static bool read_member(struct reader *reader, struct json_object *object)
{
    struct json_object *value = NULL;
    char *name;
    bool done;

    skip_blanks(reader);
    if (*reader->at != '"')
        return fail(reader);
    if (!read_string(reader))
        return false;
    name = strdup(reader->text.size > 0 ? reader->text.data : "");
    done = name != NULL && (take(reader, ':') || fail(reader)) && read_value(reader, &value);
    if (done && json_object_object_add(object, name, value) != 0) {
        json_object_put(value);
        done = false;
    }
    free(name);
    return done;
}

/* A list or an object, from behind its opening bracket to behind CLOSING. */
static bool read_members(struct reader *reader, struct json_object *container, char closing)
{
    bool (*read)(struct reader *, struct json_object *) =
        closing == ']' ? read_element : read_member;

    if (take(reader, closing))
        return true;
    do {
        if (!read(reader, container))
            return false;
    } while (take(reader, ','));
    return take(reader, closing) || fail(reader);
}

static bool read_container(struct reader *reader, struct json_object **value)
{
    bool is_list = *reader->at == '[';
    struct json_object *made = is_list ? json_object_new_array() : json_object_new_object();

    reader->at++;
    if (made == NULL)
        return false;
    if (!read_members(reader, made, is_list ? ']' : '}')) {
        json_object_put(made);
        return false;
    }
    *value = made;
    return true;
}

/* The value that comes next; a null is NULL. */
static bool read_value(struct reader *reader, struct json_object **value)
{
    skip_blanks(reader);
    switch (*reader->at) {
    case '[':
    case '{':
        return read_container(reader, value);
    case '"':
        return read_text(reader, value);
    case 'n':
    case 'f':
    case 't':
        return read_word(reader, value);
    default:
        return read_number(reader, value);
    }
}

static bool read_all(struct reader *reader, struct json_object **value)
{
    if (!read_value(reader, value))
        return false;
    skip_blanks(reader);
    return reader->at == reader->end || fail(reader);
}

int json_build(const char *text, size_t size, struct json_object **json, const char **why)
{
    struct reader reader = { .at = text, .end = text + size };
    struct json_object *made = NULL;
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0); /* a decimal point is one */
    locale_t before = plain != (locale_t)0 ? uselocale(plain) : (locale_t)0;
    bool done = plain != (locale_t)0 && read_all(&reader, &made);

    if (plain != (locale_t)0) {
        (void)uselocale(before);
        freelocale(plain);
    }
    strbuf_free(&reader.text);
    if (done) {
        *json = made;
        return FOB_SUCCESS;
    }
    json_object_put(made);
    *why = reader.why;
    return reader.why != NULL ? FOB_PROTOCOL : FOB_NOMEM;
}
