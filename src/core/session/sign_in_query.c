/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the query of an answer to a sign-in. */
#include "config.h"

#include "core/session/sign_in_query.h"

#include "core/session/sign_in.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n\"'<>"

void sign_in_query_clear(struct sign_in_query *query)
{
    for (int i = 0; i < SIGN_IN_PARAMETERS; i++) {
        fob_secret_free(query->values[i]);
        query->values[i] = NULL;
    }
}

static int query_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte at AT, which is moved behind it; -1 if it is no byte of a query's value. */
static int query_byte(const char **at, const char *end)
{
    const char c = *(*at)++;
    int high;
    int low;

    if (c != '%')
        return c == '+' ? ' ' : (unsigned char)c;
    if (end - *at < 2)
        return -1;
    high = query_digit((*at)[0]);
    low = query_digit((*at)[1]);
    *at += 2;
    return high < 0 || low < 0 || (high == 0 && low == 0) ? -1 : high * 16 + low;
}

static int query_decode(struct span encoded, struct fob_secret **value)
{
    const char *at = encoded.data;
    const char *end = at + encoded.size;
    struct fob_secret *new = NULL;
    int code = fob_secret_new("", 0, &new);

    while (code == FOB_SUCCESS && at < end) {
        const int byte = query_byte(&at, end);
        const char c = (char)byte;

        if (byte < 0 || fob_secret_size(new) == SIGN_IN_VALUE_MAX)
            code = error_set(FOB_PROTOCOL,
                             byte < 0 ? "the answer to the sign-in is badly encoded"
                                      : "the answer to the sign-in has a parameter of more than %d "
                                        "bytes",
                             SIGN_IN_VALUE_MAX);
        else
            code = fob_secret_append(new, &c, 1);
    }
    if (code == FOB_SUCCESS)
        *value = new;
    else
        fob_secret_free(new);
    return code;
}

/* Take "NAME=VALUE"; other parameters are ignored. */
static int query_take(struct span pair, struct sign_in_query *query)
{
    const char *data = pair.data;
    static const char *const names[SIGN_IN_PARAMETERS] = { "state", "code", "iss", "error",
                                                           "error_description" };
    const char *equals = memchr(data, '=', pair.size);
    const size_t size = equals != NULL ? (size_t)(equals - data) : pair.size;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct span value = { data + size + 1, pair.size - size - 1 };

        if (equals == NULL || strlen(names[i]) != size || memcmp(names[i], data, size) != 0)
            continue;
        if (query->values[i] != NULL)
            return error_set(FOB_PROTOCOL, "the answer to the sign-in has %s twice", names[i]);
        return query_decode(value, &query->values[i]);
    }
    return FOB_SUCCESS;
}

/* The size of the part of TEXT before the first of C. */
static size_t query_before(struct span text, char c)
{
    const char *data = text.data;
    const char *at = memchr(data, c, text.size);

    return at != NULL ? (size_t)(at - data) : text.size;
}

/* TEXT without its first SIZE bytes. */
static struct span query_after(struct span text, size_t size)
{
    return (struct span){ (const char *)text.data + size, text.size - size };
}

static int query_take_all(struct span text, struct sign_in_query *query)
{
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && text.size > 0) {
        const size_t size = query_before(text, '&');

        code = query_take((struct span){ text.data, size }, query);
        text = query_after(text, size < text.size ? size + 1 : size);
    }
    return code;
}

static struct span query_trim(const struct fob_secret *text)
{
    const char *begin = fob_secret_data(text);
    const char *end = begin + strlen(begin);

    begin += strspn(begin, BLANKS);
    while (end > begin && strchr(BLANKS, end[-1]) != NULL)
        end--;
    return (struct span){ begin, (size_t)(end - begin) };
}

/* WHERE is an address without its query, for the message. */
static int query_fail_address(struct span where, struct span redirect_uri)
{
    char shown[201];

    snprintf(shown, sizeof shown, "%.*s", (int)(where.size < 200 ? where.size : 200),
             (const char *)where.data);
    text_make_printable(shown);
    error_set(FOB_NOT_ALLOWED, "%s is not the address of this sign-in, which begins with %.*s",
              shown, (int)redirect_uri.size, (const char *)redirect_uri.data);
    error_hint("use the address that the browser shows at the end of the sign-in");
    return FOB_NOT_ALLOWED;
}

int sign_in_query_read(const struct fob_secret *text, struct span redirect_uri,
                       struct sign_in_query *query)
{
    const struct span want = { redirect_uri.data, query_before(redirect_uri, '?') };
    struct span left = query_trim(text);
    const bool whole = memmem(left.data, query_before(left, '='), "://", 3) != NULL;
    size_t size;

    left.size = query_before(left, '#');
    size = whole ? query_before(left, '?') : 0;
    if (whole && (size != want.size || memcmp(left.data, want.data, size) != 0))
        return query_fail_address((struct span){ left.data, size }, want);
    left = query_after(left, size);
    if (query_before(left, '?') == 0 && left.size > 0)
        left = query_after(left, 1);
    return query_take_all(left, query);
}
