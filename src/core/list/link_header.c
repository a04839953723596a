/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses <address>; name=value; name="value", <address>... */
#include "config.h"

#include "core/list/link_header.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* A parameter of a link; its texts point into the header. */
struct parameter {
    const char *name;
    size_t name_size;
    const char *value;
    size_t value_size;
};

static const char *link_header_skip_blanks(const char *at)
{
    return at + strspn(at, BLANKS);
}

/* Read the parameter at AT; returns the position after it. */
static const char *link_header_read_parameter(const char *at, struct parameter *parameter)
{
    *parameter = (struct parameter){ at, strcspn(at, BLANKS "=;,"), "", 0 };
    at = link_header_skip_blanks(at + parameter->name_size);
    if (*at != '=')
        return at;
    at = link_header_skip_blanks(at + 1);
    parameter->value = at;
    if (*at != '"') {
        parameter->value_size = strcspn(at, BLANKS ";,");
        return at + parameter->value_size;
    }
    parameter->value = ++at;
    while (*at != '"' && *at != '\0')
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    parameter->value_size = (size_t)(at - parameter->value);
    return at + (*at == '"');
}

static bool link_header_is_named(const struct parameter *parameter, const char *name)
{
    return parameter->name_size == strlen(name) &&
           strncasecmp(parameter->name, name, parameter->name_size) == 0;
}

/* Whether the relations, separated by blanks, include next. */
static bool link_header_has_next(const struct parameter *parameter)
{
    const char *at = parameter->value;
    const char *end = at + parameter->value_size;

    while (at < end) {
        size_t size = strcspn(at, BLANKS "\"");

        if (size > (size_t)(end - at))
            size = (size_t)(end - at);
        if (size == 4 && strncasecmp(at, "next", 4) == 0)
            return true;
        at += size + 1;
    }
    return false;
}

/* Read the parameters of one link, up to the comma before the next link.  Returns whether the link
 * leads to the next page.  Only the first rel counts. */
static bool link_header_read_parameters(const char **at)
{
    struct parameter parameter;
    bool next = false;
    bool related = false;
    bool elsewhere = false;

    *at = link_header_skip_blanks(*at);
    while (**at == ';') {
        *at = link_header_skip_blanks(
            link_header_read_parameter(link_header_skip_blanks(*at + 1), &parameter));
        elsewhere |= link_header_is_named(&parameter, "anchor") && parameter.value_size > 0;
        if (link_header_is_named(&parameter, "rel") && !related) {
            related = true;
            next = link_header_has_next(&parameter);
        }
    }
    return next && !elsewhere;
}

const char *link_header_next(const char *value, size_t *size)
{
    const char *at = value;

    for (;;) {
        const char *address;
        size_t length;

        at += strspn(at, BLANKS ",");
        if (*at != '<')
            return NULL;
        address = at + 1;
        length = strcspn(address, ">");
        if (address[length] == '\0')
            return NULL;
        at = address + length + 1;
        if (link_header_read_parameters(&at)) {
            *size = length;
            return address;
        }
    }
}
