/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* One pass over the text before json-c reads it, and one over the objects afterwards. */
#include "config.h"

#include "http/json_portable.h"

#include "util/json_number.h"
#include "util/text.h"

#include <json.h>
#include <json_visit.h>
#include <printbuf.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
/* Follows a marked integer, and does not change its value.  json-c keeps the text of a number with
 * an exponent. */
#define MARK "e+000"

/* U+FDD0, a noncharacter, before the four digits of what json-c would change: half a surrogate
 * pair, and U+FDD0 itself. */
#define STRAY "\xef\xb7\x90"
#define STRAY_DIGITS 4
#define NONCHARACTER 0xfdd0

/* The unit of the escape \uXXXX at AT, or 0. */
static unsigned json_portable_unit(const char *at)
{
    char digits[STRAY_DIGITS + 1] = "";

    if (at[0] != '\\' || at[1] != 'u' || strspn(at + 2, DIGITS "abcdefABCDEF") < STRAY_DIGITS)
        return 0;
    memcpy(digits, at + 2, STRAY_DIGITS);
    return (unsigned)strtoul(digits, NULL, 16);
}

/* How many bytes the escape at AT has; STRAY says whether json-c would change it. */
static size_t json_portable_measure(const char *at, bool *stray)
{
    const unsigned unit = json_portable_unit(at);
    const bool high = unit >= 0xd800 && unit < 0xdc00;
    const unsigned next = high ? json_portable_unit(at + 6) : 0;

    *stray = unit == NONCHARACTER || (unit >= 0xd800 && unit < 0xe000);
    if (next < 0xdc00 || next >= 0xe000)
        return unit != 0 ? 6 : 2;
    *stray = false;
    return 12;
}

/* Write one character beyond ASCII, as one or two units of UTF-16. */
static void json_portable_escape(struct strbuf *portable, uint32_t character)
{
    if (character >= 0x10000) {
        strbuf_printf(portable, "\\u%04x", 0xd800 + ((character - 0x10000) >> 10));
        character = 0xdc00 + ((character - 0x10000) & 0x3ff);
    }
    strbuf_printf(portable, "\\u%04x", character);
}

/* Write the string at AT, with its quotes.  Returns the place after it. */
static const char *json_portable_string(const char *at, const char *end, struct strbuf *portable,
                                        bool *marked)
{
    const char *start = at++;

    while (at < end && *at != '"') {
        if (*at == '\\') {
            bool stray = false;
            size_t size = json_portable_measure(at, &stray);

            if (stray) {
                strbuf_add(portable, start, (size_t)(at - start));
                strbuf_printf(portable, "\\ufdd0%.*s", STRAY_DIGITS, at + 2);
                start = at + size;
                *marked = true;
            }
            /* json-c refuses an escape beyond ASCII. */
            if ((unsigned char)at[1] >= 0x80)
                at = end - 1;
            at += at + 1 < end ? size : 1;
        } else if ((unsigned char)*at < 0x80) {
            at++;
        } else {
            uint32_t character;

            strbuf_add(portable, start, (size_t)(at - start));
            at += text_character(at, (size_t)(end - at), &character);
            json_portable_escape(portable, character);
            if (character == NONCHARACTER) {
                strbuf_add_text(portable, "fdd0");
                *marked = true;
            }
            start = at;
        }
    }
    at += at < end;
    strbuf_add(portable, start, (size_t)(at - start));
    return at;
}

/* Whether json-c reads the integer of SIZE digits at TEXT into 64 bits, and prints it unchanged. */
static bool json_portable_fits(const char *text, size_t size)
{
    if (text[0] == '-' && text[1] == '0')
        return false;
    if (size < 19) /* digits of any 64-bit integer */
        return true;
    errno = 0;
    if (text[0] == '-')
        (void)strtoll(text, NULL, 10);
    else
        (void)strtoull(text, NULL, 10);
    return errno == 0;
}

/* Write the number at AT.  Returns the place after it, or NULL. */
static const char *json_portable_number(const char *at, struct strbuf *portable, bool *marked)
{
    const char *start = at;
    bool integer;

    at = json_number_skip(at, &integer);
    /* A number such as 012 or 1.2.3 goes on here, and is invalid. */
    if (at == NULL || (*at != '\0' && strchr(" \t\r\n,]}", *at) == NULL))
        return NULL;
    strbuf_add(portable, start, (size_t)(at - start));
    if (integer && !json_portable_fits(start, (size_t)(at - start))) {
        strbuf_add_text(portable, MARK);
        *marked = true;
    }
    return at;
}

bool json_portable_write(const char *text, size_t size, struct strbuf *portable, bool *marked)
{
    const char *end = text + size;
    const char *at = text;

    while (at != NULL && at < end) {
        size_t plain = strcspn(at, "\"-" DIGITS);

        strbuf_add(portable, at, plain);
        at += plain;
        if (at < end)
            at = *at == '"' ? json_portable_string(at, end, portable, marked)
                            : json_portable_number(at, portable, marked);
    }
    return at != NULL;
}

/* The SIZE bytes at TEXT with each mark undone: as an ESCAPED half, or as the character that stands
 * for what is none. */
static void portable_add_unmarked(struct strbuf *unmarked, const char *text, size_t size,
                                  bool escaped)
{
    const char *const end = text + size;
    const char *stray;

    while ((stray = memmem(text, (size_t)(end - text), STRAY, strlen(STRAY))) != NULL) {
        const char *digits = stray + strlen(STRAY);

        strbuf_add(unmarked, text, (size_t)(stray - text));
        if (strncasecmp(digits, "fdd0", STRAY_DIGITS) == 0)
            strbuf_add_text(unmarked, STRAY);
        else if (escaped)
            strbuf_printf(unmarked, "\\u%.*s", STRAY_DIGITS, digits);
        else
            strbuf_add_text(unmarked, "\xef\xbf\xbd");
        text = digits + STRAY_DIGITS;
    }
    strbuf_add(unmarked, text, (size_t)(end - text));
}

/* Have a string print as it came. */
static int json_portable_visit_string(struct json_object *value)
{
    const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    const char *text = json_object_get_string(value);
    const size_t size = (size_t)json_object_get_string_len(value);
    struct strbuf plain = STRBUF_INIT;
    struct strbuf printed = STRBUF_INIT;
    const char *json;
    char *serial;
    bool good;

    if (memmem(text, size, STRAY, strlen(STRAY)) == NULL)
        return JSON_C_VISIT_RETURN_CONTINUE;
    portable_add_unmarked(&plain, text, size, false);
    json = json_object_to_json_string_ext(value, flags);
    if (json != NULL)
        portable_add_unmarked(&printed, json, strlen(json), true);
    serial = strbuf_detach(&printed);
    good = json != NULL && serial != NULL && !plain.failed &&
           json_object_set_string_len(value, plain.data, (int)plain.size) == 1;
    strbuf_free(&plain);
    if (!good) {
        free(serial);
        return JSON_C_VISIT_RETURN_ERROR;
    }
    json_object_set_serializer(value, json_object_userdata_to_json_string, serial,
                               json_object_free_userdata);
    return JSON_C_VISIT_RETURN_CONTINUE;
}

/* Append TEXT, and free it. */
static int portable_print_text(struct printbuf *out, char *text)
{
    int result = text != NULL ? printbuf_memappend(out, text, (int)strlen(text)) : -1;

    free(text);
    return result;
}

bool json_portable_is_marked(const char *name)
{
    return strstr(name, STRAY) != NULL;
}

char *json_portable_quote(const char *name)
{
    const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    struct json_object *string = json_object_new_string(name);
    const char *json = string != NULL ? json_object_to_json_string_ext(string, flags) : NULL;
    struct strbuf quoted = STRBUF_INIT;

    if (json != NULL)
        portable_add_unmarked(&quoted, json, strlen(json), true);
    quoted.failed |= json == NULL;
    json_object_put(string);
    return strbuf_detach(&quoted);
}

static int portable_print(struct json_object *value, struct printbuf *out, int level, int flags);

static int portable_print_members(struct json_object *object, struct printbuf *out, int level,
                                  int flags)
{
    bool first = true;

    if (printbuf_memappend(out, "{", 1) < 0)
        return -1;
    json_object_object_foreach(object, name, value)
    {
        if ((!first && printbuf_memappend(out, ",", 1) < 0) ||
            portable_print_text(out, json_portable_quote(name)) < 0 ||
            printbuf_memappend(out, ":", 1) < 0 || portable_print(value, out, level + 1, flags) < 0)
            return -1;
        first = false;
    }
    return printbuf_memappend(out, "}", 1);
}

static int portable_print_items(struct json_object *array, struct printbuf *out, int level,
                                int flags)
{
    const size_t count = json_object_array_length(array);

    if (printbuf_memappend(out, "[", 1) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if ((i > 0 && printbuf_memappend(out, ",", 1) < 0) ||
            portable_print(json_object_array_get_idx(array, i), out, level + 1, flags) < 0)
            return -1;
    }
    return printbuf_memappend(out, "]", 1);
}

/* The serializer of an object with a marked name.  It prints all members itself, because json-c
 * keeps a copy of each text that it returns. */
static int portable_print(struct json_object *value, struct printbuf *out, int level, int flags)
{
    const char *text;

    if (json_object_is_type(value, json_type_object))
        return portable_print_members(value, out, level, flags);
    if (json_object_is_type(value, json_type_array))
        return portable_print_items(value, out, level, flags);
    text = json_object_to_json_string_ext(value, flags);
    return text != NULL ? printbuf_memappend(out, text, (int)strlen(text)) : -1;
}

/* Let an object print its members' names as received. */
static int json_portable_visit_object(struct json_object *object)
{
    bool marked = false;

    json_object_object_foreach(object, key, value)
    {
        (void)value;
        marked |= json_portable_is_marked(key);
    }
    if (marked)
        json_object_set_serializer(object, portable_print, NULL, NULL);
    return JSON_C_VISIT_RETURN_CONTINUE;
}

/* json_c_visit()'s function. */
static int json_portable_visit(struct json_object *value, int flags, struct json_object *parent,
                               const char *key, size_t *index, void *data)
{
    const char *text;
    size_t size;
    char *digits;

    (void)flags, (void)parent, (void)key, (void)index, (void)data;
    if (json_object_is_type(value, json_type_string))
        return json_portable_visit_string(value);
    if (json_object_is_type(value, json_type_object))
        return json_portable_visit_object(value);
    if (!json_object_is_type(value, json_type_double))
        return JSON_C_VISIT_RETURN_CONTINUE;
    text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
    size = text != NULL ? strlen(text) : 0;
    if (size < sizeof MARK || strcmp(text + size - (sizeof MARK - 1), MARK) != 0)
        return text != NULL ? JSON_C_VISIT_RETURN_CONTINUE : JSON_C_VISIT_RETURN_ERROR;
    digits = strndup(text, size - (sizeof MARK - 1));
    if (digits == NULL)
        return JSON_C_VISIT_RETURN_ERROR;
    json_object_set_serializer(value, json_object_userdata_to_json_string, digits,
                               json_object_free_userdata);
    return JSON_C_VISIT_RETURN_CONTINUE;
}

bool json_portable_unmark(struct json_object *json)
{
    return json_c_visit(json, 0, json_portable_visit, NULL) == 0;
}
