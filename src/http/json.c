/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* JSON from outside: its shape is checked before json-c reads it. */
#include "config.h"

#include "http/json.h"

#include "http/json_portable.h"
#include "http/response.h"
#include "util/array.h"
#include "util/text.h"

#include <json.h>

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/*
 * json-c spends hundreds of bytes on each container, so that 16 MiB of "[],[],[]" would become
 * gigabytes.  An answer within these limits stays below about 300 MB.
 */
#define CONTAINERS_MAX (256 * 1024)
#define VALUES_MAX (2 * 1024 * 1024)

/* The characters of JSON outside strings; json-c accepts more ('a', NaN), even if it is strict. */
#define PLAIN " \t\r\n{}[]:,0123456789-+.eEtrufalsn"

struct shape {
    size_t depth;
    size_t deepest;
    size_t containers;
    size_t commas;
    bool strange; /* it has a byte that JSON does not allow there */
};

/* Skip the string that begins at AT.  Returns the place after it, or END. */
static const char *json_skip_string(const char *at, const char *end, struct shape *shape)
{
    for (at++; at < end && *at != '"'; at++) {
        shape->strange |= (unsigned char)*at < ' ';
        if (*at == '\\')
            at++;
    }
    return at < end ? at + 1 : end;
}

/* Count the brackets and commas outside strings; json-c finds out whether they match. */
static struct shape json_measure(const char *text, size_t size)
{
    const char *at = text;
    const char *end = text + size;
    struct shape shape = { 0 };

    while (at < end) {
        if (*at == '"') {
            at = json_skip_string(at, end, &shape);
            continue;
        }
        shape.strange |= *at == '\0' || strchr(PLAIN, *at) == NULL;
        if (*at == '[' || *at == '{') {
            shape.containers++;
            shape.depth++;
            if (shape.depth > shape.deepest)
                shape.deepest = shape.depth;
        } else if ((*at == ']' || *at == '}') && shape.depth > 0) {
            shape.depth--;
        } else if (*at == ',') {
            shape.commas++;
        }
        at++;
    }
    return shape;
}

/* Whether the value at AT means no, in any type: a provider may write "false" or 0 for false. */
static bool json_means_no(const char *at)
{
    static const char *const values[] = { "false", "null", "\"\"", "\"0\"", "\"no\"", "\"false\"" };

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        if (strncasecmp(at, values[i], strlen(values[i])) == 0)
            return true;
    }
    return (*at == '-' || *at == '0') && strchr("123456789", at[strspn(at, "-.0")]) == NULL;
}

/* Whether the string from AT to AFTER is the name NAME of a member that means no. */
static bool json_denies_member(const char *at, const char *after, const char *name)
{
    const size_t size = strlen(name);

    if ((size_t)(after - at) != size + 2 || memcmp(at + 1, name, size) != 0)
        return false;
    after += strspn(after, " \t\r\n");
    return *after == ':' && json_means_no(after + 1 + strspn(after + 1, " \t\r\n"));
}

bool json_denies(const char *text, size_t size, const char *name)
{
    const char *at = text + strspn(text, " \t\r\n");
    const char *end = text + size;
    struct shape shape = { 0 };

    if (*at != '{')
        return false;
    while (at < end) {
        const char *begin = at;

        if (*at == '[' || *at == '{')
            shape.depth++;
        else if (*at == ']' || *at == '}')
            shape.depth--;
        at = *begin == '"' ? json_skip_string(begin, end, &shape) : begin + 1;
        if (*begin == '"' && shape.depth == 1 && json_denies_member(begin, at, name))
            return true;
    }
    return false;
}

/* What is wrong with the text as a whole, or NULL; DEPTH gets its depth of nesting. */
static const char *json_find_fault(const char *text, size_t size, int *depth)
{
    struct shape shape;

    if (strspn(text, " \t\r\n") == size)
        return "it is empty";
    if (!text_is_utf8(text, size))
        return "it is not UTF-8";
    shape = json_measure(text, size);
    if (shape.strange)
        return "it has characters that JSON does not allow";
    if (shape.deepest > FOB_HTTP_JSON_DEPTH)
        return "it is nested too deeply";
    if (shape.containers > CONTAINERS_MAX || shape.commas > VALUES_MAX)
        return "it has too many values";
    *depth = (int)shape.deepest;
    return NULL;
}

/* Let json-c read TEXT, which is nested up to DEPTH. */
static int json_parse(const struct strbuf *text, int depth, struct json_object **json,
                      const char **why)
{
    struct json_tokener *tokener;
    enum json_tokener_error error;

    if (text->failed)
        return FOB_NOMEM;
    /* The tokener allocates this many levels at once; one of them is for scalars. */
    tokener = json_tokener_new_ex(depth + 1);
    if (tokener == NULL)
        return FOB_NOMEM;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    /* The NUL after the text shows json-c that a number at the end is complete. */
    *json = json_tokener_parse_ex(tokener, text->data, (int)text->size + 1);
    error = json_tokener_get_error(tokener);
    json_tokener_free(tokener);
    if (error == json_tokener_success)
        return FOB_SUCCESS;
    *why = json_tokener_error_desc(error);
    return FOB_PROTOCOL;
}

int json_read(const char *text, size_t size, struct json_object **json, const char **why)
{
    struct strbuf portable = STRBUF_INIT;
    struct json_object *made = NULL;
    bool marked = false;
    int depth = 0;
    int code = FOB_PROTOCOL;

    *why = json_find_fault(text, size, &depth);
    if (*why != NULL)
        return FOB_PROTOCOL;
    if (json_portable_write(text, size, &portable, &marked))
        code = json_parse(&portable, depth, &made, why);
    else
        *why = "it has a number that JSON does not allow";
    strbuf_free(&portable);
    if (code == FOB_SUCCESS && marked && !json_portable_unmark(made))
        code = FOB_NOMEM;
    if (code == FOB_SUCCESS)
        *json = made;
    else
        json_object_put(made);
    return code;
}
