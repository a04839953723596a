/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what a provider sends: its JSON, its headers, its links. */
#include "config.h"

#include "core/list/link_header.h"
#include "core/list/url_page.h"
#include "http/json.h"
#include "http/response.h"
#include "http/url.h"
#include "util/address.h"
#include "util/array.h"

#include "fuzz_text.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_json(char *text, size_t size)
{
    struct json_object *json = NULL;
    const char *why = NULL;

    if (json_read(text, size, &json, &why) == FOB_PROTOCOL && why == NULL)
        abort();
    json_object_put(json);
}

/* Lines as libcurl hands them over, then a body. */
static void fuzz_response(char *text, size_t size)
{
    struct fob_http_response *response = response_new();
    const char *end = text + size;
    const char *line = text;

    if (response == NULL)
        return;
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *next = newline != NULL ? newline + 1 : end;

        if (!response_add_head(response, line, (size_t)(next - line)))
            break;
        line = next;
    }
    response_add_body(response, text, size);
    if (response_finish(response, 200) == FOB_SUCCESS) {
        response_is_html(response);
        response_coding(response);
    }
    fob_http_response_free(response);
}

/* A header Link, and a link from one page to the next. */
static void fuzz_next(char *text, size_t size)
{
    size_t length = 0;
    const char *address = link_header_next(text, &length);
    char *path = url_page_resolve("https://hr.example/api/v1", "/items?page=1&f=x", text);
    char *next = path != NULL ? url_page_with(path, "page", "a&b") : NULL;
    const char *value = next != NULL ? url_page_parameter(next, "page") : NULL;

    if (address != NULL && (address <= text || address + length >= text + size))
        abort();
    if (next != NULL && (value == NULL || strcmp(value, "a%26b") != 0))
        abort();
    free(path);
    free(next);
}

/* A link is joined only when it lies within the base's origin. */
static void fuzz_link(char *text, size_t size)
{
    struct url_base base = { 0 };
    char *url = NULL;
    char *origin = NULL;
    const char *why = NULL;

    fuzz_next(text, size);
    if (url_base_set(&base, "https://hr.example:8443/api/v1", &why) != FOB_SUCCESS)
        abort();
    if (url_join(&base, text, &url, &why) == FOB_SUCCESS &&
        (url_origin(url, &origin) != FOB_SUCCESS || strcmp(origin, base.origin) != 0))
        abort();
    free(url);
    free(origin);
    url_base_clear(&base);
}

static void fuzz_base(char *text, size_t size)
{
    struct url_base base = { 0 };
    const char *why = NULL;

    (void)size;
    if (url_base_set(&base, text, &why) == FOB_SUCCESS &&
        strncmp(base.origin, "https://", 8) != 0 && !base.plain)
        abort();
    /* What fob check lets pass is not refused at use. */
    if (base.text == NULL && address_fault(text, ADDRESS_BASE) == NULL)
        abort();
    url_base_clear(&base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_text_fn *const targets[] = { fuzz_json, fuzz_response, fuzz_link, fuzz_base };

    return fuzz_text(data, size, targets, ARRAY_SIZE(targets));
}
