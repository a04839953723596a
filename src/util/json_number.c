/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The grammar of JSON's numbers. */
#include "config.h"

#include "util/json_number.h"

#include <stddef.h>
#include <string.h>

/* Skip one or more digits. */
static bool json_number_digits(const char **at)
{
    size_t size = strspn(*at, "0123456789");

    *at += size;
    return size > 0;
}

const char *json_number_skip(const char *at, bool *integer)
{
    *integer = true;
    at += *at == '-';
    if (*at == '0')
        at++;
    else if (!json_number_digits(&at))
        return NULL;
    if (*at == '.') {
        *integer = false;
        at++;
        if (!json_number_digits(&at))
            return NULL;
    }
    if (*at == 'e' || *at == 'E') {
        *integer = false;
        at++;
        at += *at == '+' || *at == '-';
        if (!json_number_digits(&at))
            return NULL;
    }
    return at;
}

bool json_number_is(const char *text)
{
    bool integer;
    const char *end = json_number_skip(text, &integer);

    return end != NULL && *end == '\0';
}
