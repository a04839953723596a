/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* JSON from outside: looked through once for its shape, and only then read. */
#include "config.h"

#include "http/json.h"

#include "http/json_build.h"
#include "http/response.h"
#include "util/text.h"

#include <stdbool.h>
#include <string.h>

/*
 * json-c spends hundreds of bytes on each container, so that 16 MiB of "[],[],[]" would become
 * gigabytes.  An answer within these limits stays below about 300 MB.
 */
#define CONTAINERS_MAX (256 * 1024)
#define VALUES_MAX (2 * 1024 * 1024)

/* All that JSON has outside strings. */
#define PLAIN " \t\r\n{}[]:,0123456789-+.eEtrufalsn"

struct shape {
    size_t depth;
    size_t deepest;
    size_t containers;
    size_t commas;
    bool strange; /* a byte that JSON does not have there */
};

/* The place after the string that begins at AT, or END. */
static const char *skip_string(const char *at, const char *end, struct shape *shape)
{
    for (at++; at < end && *at != '"'; at++) {
        shape->strange |= (unsigned char)*at < ' ';
        if (*at == '\\')
            at++;
    }
    return at < end ? at + 1 : end;
}

/* Measure the brackets and commas outside strings; whether they match is found later. */
static struct shape measure(const char *text, size_t size)
{
    const char *at = text;
    const char *end = text + size;
    struct shape shape = { 0 };

    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end, &shape);
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

/* What is wrong with the text as a whole, or NULL. */
static const char *find_fault(const char *text, size_t size)
{
    struct shape shape;

    if (strspn(text, " \t\r\n") == size)
        return "it is empty";
    if (!text_is_utf8(text, size))
        return "it is not UTF-8";
    shape = measure(text, size);
    if (shape.strange)
        return "it has characters that JSON does not allow";
    if (shape.deepest > FOB_HTTP_JSON_DEPTH)
        return "it is nested too deeply";
    if (shape.containers > CONTAINERS_MAX || shape.commas > VALUES_MAX)
        return "it has too many values";
    return NULL;
}

int json_read(const char *text, size_t size, struct json_object **json, const char **why)
{
    *why = find_fault(text, size);
    return *why != NULL ? FOB_PROTOCOL : json_build(text, size, json, why);
}
