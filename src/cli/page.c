/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Taking a page of a list apart; its text was checked as JSON before. */
#include "config.h"

#include "cli/page.h"

#include "util/strbuf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n"

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, BLANKS);
}

/* From a string's opening quote to behind its closing one. */
static const char *skip_string(const char *at)
{
    for (at++; *at != '"' && *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
    }
    return *at == '"' ? at + 1 : at;
}

/* To behind the value at AT. */
static const char *skip_value(const char *at)
{
    size_t depth = 0;

    do {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
        if (depth == 0 && strchr("}]", at[-1]) == NULL)
            at += strcspn(at, ",}]" BLANKS); /* the rest of a number or word */
    } while (depth > 0 && *at != '\0');
    return at;
}

const char *page_items(const char *text, size_t *size)
{
    static const char key[] = "\"data\"";
    const char *start = NULL;
    const char *end = NULL;
    const char *at = skip_blanks(text);

    if (*at != '{')
        return NULL;
    at = skip_blanks(at + 1);
    while (*at == '"') {
        bool wanted = strncmp(at, key, sizeof key - 1) == 0;

        at = skip_blanks(skip_string(at));
        at = skip_blanks(at + (*at == ':'));
        if (wanted)
            start = at;
        at = skip_value(at);
        if (wanted)
            end = at;
        at = skip_blanks(at);
        at = skip_blanks(at + (*at == ','));
    }
    if (start == NULL || *start != '[')
        return NULL;
    start = skip_blanks(start + 1);
    end--; /* the bracket */
    while (end > start && strchr(BLANKS, end[-1]) != NULL)
        end--;
    *size = (size_t)(end - start);
    return start;
}

/* The path of a URL, without slashes at its end; its size. */
static const char *base_path(const char *base_url, size_t *size)
{
    const char *host = strstr(base_url, "://");
    const char *path = strchr(host != NULL ? host + 3 : base_url, '/');

    *size = path != NULL ? strcspn(path, "?#") : 0;
    while (*size > 0 && path[*size - 1] == '/')
        (*size)--;
    return path;
}

static bool is_below(const char *path, const char *base, size_t size)
{
    return size > 0 && strncmp(path, base, size) == 0 && strchr("/?", path[size]) != NULL;
}

char *page_resolve(const char *base_url, const char *current, const char *next)
{
    struct strbuf path = STRBUF_INIT;
    size_t size;
    const char *base = base_path(base_url, &size);
    char *result;

    if (next[0] == '?') {
        strbuf_add(&path, current, strcspn(current, "?#"));
        strbuf_text(&path, next);
    } else if (next[0] == '/' && next[1] != '/') {
        strbuf_text(&path, is_below(next, base, size) ? next + size : next);
    } else if (strncmp(next, "https://", 8) == 0 || strncmp(next, "http://", 7) == 0) {
        strbuf_text(&path, next);
    } else {
        errno = 0;
        return NULL;
    }
    result = strbuf_take(&path);
    if (result == NULL)
        errno = ENOMEM;
    return result;
}

char *page_with(const char *path, const char *parameter, const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    struct strbuf made = STRBUF_INIT;
    size_t size = strlen(parameter);
    size_t start = strcspn(path, "?");
    const char *at = path + start;
    char mark = '?';

    strbuf_add(&made, path, start);
    while (*at != '\0') {
        size_t length = strcspn(at + 1, "&");

        if (strncmp(at + 1, parameter, size) != 0 || at[1 + size] != '=') {
            strbuf_add(&made, &mark, 1);
            strbuf_add(&made, at + 1, length);
            mark = '&';
        }
        at += 1 + length;
    }
    strbuf_printf(&made, "%c%s=", mark, parameter);
    for (; *value != '\0'; value++) {
        if (strchr(plain, *value) != NULL)
            strbuf_add(&made, value, 1);
        else
            strbuf_printf(&made, "%%%02X", (unsigned char)*value);
    }
    return strbuf_take(&made);
}

const char *page_parameter(const char *path, const char *parameter)
{
    size_t size = strlen(parameter);
    const char *at = strchr(path, '?');

    for (; at != NULL; at = strchr(at + 1, '&')) {
        if (strncmp(at + 1, parameter, size) == 0 && at[1 + size] == '=')
            return at + 1 + size + 1;
    }
    return NULL;
}

uint64_t page_digest(uint64_t digest, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return digest;
}
