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
