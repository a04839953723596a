/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the address of the next page from the present one's. */
#include "config.h"

#include "core/list/url_page.h"

#include "util/strbuf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* The value of a hexadecimal digit, or -1. */
static int url_page_digit_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c >= '0' ? strchr(digits, c | 0x20) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

/* The next decoded character of a parameter's name; -1 after the last. */
static int url_name_character(const char **at)
{
    const char *text = *at;

    if (*text == '\0' || strchr("=&#", *text) != NULL)
        return -1;
    if (*text == '%' && url_page_digit_value(text[1]) >= 0 && url_page_digit_value(text[2]) >= 0) {
        *at += 3;
        return url_page_digit_value(text[1]) * 16 + url_page_digit_value(text[2]);
    }
    *at += 1;
    return *text == '+' ? ' ' : (unsigned char)*text;
}

static bool url_is_same_name(const char *a, const char *b)
{
    int character;

    do {
        character = url_name_character(&a);
        if (character != url_name_character(&b))
            return false;
    } while (character >= 0);
    return true;
}

/* The start of a parameter in PATH's query: the first, or the one after AT; NULL after the last. */
static const char *url_next_parameter(const char *path, const char *at)
{
    at = at == NULL ? strchr(path, '?') : at + strcspn(at, "&");
    return at != NULL && *at != '\0' ? at + 1 : NULL;
}

static const char *url_find_parameter(const char *path, const char *name)
{
    const char *at = NULL;

    while ((at = url_next_parameter(path, at)) != NULL) {
        if (url_is_same_name(at, name))
            return at;
    }
    return NULL;
}

/* Append the parameter at AT to PATH, unless it is empty. */
static void url_page_add_parameter(struct strbuf *path, const char *at, bool *any)
{
    size_t size = strcspn(at, "&");

    if (size == 0)
        return;
    strbuf_add(path, *any ? "&" : "?", 1);
    strbuf_add(path, at, size);
    *any = true;
}

/* Append to LINK the parameters that CURRENT's query has and NEXT's does not. */
static void url_keep_parameters(struct strbuf *link, const char *current, const char *next)
{
    bool any = strchr(next, '?') != NULL;
    const char *at = NULL;

    while ((at = url_next_parameter(current, at)) != NULL) {
        if (url_find_parameter(next, at) == NULL)
            url_page_add_parameter(link, at, &any);
    }
}

/* The path of a URL without trailing slashes; SIZE receives its size. */
static const char *url_base_path(const char *base_url, size_t *size)
{
    const char *host = strstr(base_url, "://");
    const char *path = strchr(host != NULL ? host + 3 : base_url, '/');

    *size = path != NULL ? strcspn(path, "?#") : 0;
    while (*size > 0 && path[*size - 1] == '/')
        (*size)--;
    return path;
}

static bool url_is_below(const char *path, const char *base, size_t size)
{
    return size > 0 && strncmp(path, base, size) == 0 && strchr("/?", path[size]) != NULL;
}

char *url_page_resolve(const char *base_url, const char *current, const char *next)
{
    struct strbuf path = STRBUF_INIT;
    size_t size;
    const char *base = url_base_path(base_url, &size);
    char *result;

    if (next[0] == '?') {
        strbuf_add(&path, current, strcspn(current, "?#"));
        strbuf_add_text(&path, next);
    } else if (next[0] == '/' && next[1] != '/') {
        strbuf_add_text(&path, url_is_below(next, base, size) ? next + size : next);
    } else if (strncasecmp(next, "https://", 8) == 0 || strncasecmp(next, "http://", 7) == 0) {
        strbuf_add_text(&path, next);
    } else {
        errno = 0;
        return NULL;
    }
    url_keep_parameters(&path, current, next);
    result = strbuf_detach(&path);
    if (result == NULL)
        errno = ENOMEM;
    return result;
}

char *url_page_with(const char *path, const char *parameter, const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    struct strbuf made = STRBUF_INIT;
    const char *at = NULL;
    bool any = false;

    strbuf_add(&made, path, strcspn(path, "?"));
    while ((at = url_next_parameter(path, at)) != NULL) {
        if (!url_is_same_name(at, parameter))
            url_page_add_parameter(&made, at, &any);
    }
    strbuf_printf(&made, "%c%s=", any ? '&' : '?', parameter);
    for (; *value != '\0'; value++) {
        if (strchr(plain, *value) != NULL)
            strbuf_add(&made, value, 1);
        else
            strbuf_printf(&made, "%%%02X", (unsigned char)*value);
    }
    return strbuf_detach(&made);
}

const char *url_page_parameter(const char *path, const char *parameter)
{
    const char *at = url_find_parameter(path, parameter);

    if (at == NULL)
        return NULL;
    at += strcspn(at, "=&");
    return at + (*at == '=');
}

uint64_t url_page_digest(uint64_t digest, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return digest;
}
