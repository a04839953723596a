/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks the head of a request more strictly than libmicrohttpd. */
#include "config.h"

#include "hub/hub_request.h"

#include "util/array.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FORM_TYPE "application/x-www-form-urlencoded"
#define PATH_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-"

void hub_request_header(struct hub_request *request, const char *name, size_t size,
                        const char *value)
{
    static const char *const names[HUB_HEADERS] = {
        [HUB_HOST] = "Host",
        [HUB_CONTENT_LENGTH] = "Content-Length",
        [HUB_CONTENT_TYPE] = "Content-Type",
        [HUB_COOKIE] = "Cookie",
        [HUB_ORIGIN] = "Origin",
        [HUB_FETCH_SITE] = "Sec-Fetch-Site",
        [HUB_FORWARDED] = "X-Forwarded-For",
    };

    if (strlen(name) != size || !text_is_token(name))
        request->malformed = true;
    if (strcasecmp(name, "Transfer-Encoding") == 0)
        request->encoded = true;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcasecmp(name, names[i]) != 0)
            continue;
        if (request->headers[i] != NULL && i != HUB_FORWARDED)
            request->malformed = true;
        request->headers[i] = value;
    }
}

long hub_request_length(const struct hub_request *request)
{
    const char *text = request->headers[HUB_CONTENT_LENGTH];
    long length = 0;

    if (text == NULL || *text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        length = 10 * length + (*text - '0');
        if (length > HUB_BODY_MAX)
            return -1;
    }
    return length;
}

/* Whether VALUE is TYPE, with or without parameters. */
static bool hub_request_is_type(const char *value, const char *type)
{
    const size_t size = strlen(type);

    return value != NULL && strncasecmp(value, type, size) == 0 &&
           (value[size] == '\0' || value[size] == ';' || value[size] == ' ');
}

static unsigned hub_request_check_body(const struct hub_request *request)
{
    const char *length = request->headers[HUB_CONTENT_LENGTH];

    if (request->encoded)
        return 411;
    if (request->method != HUB_POST)
        return length != NULL && strcmp(length, "0") != 0 ? 400 : 0;
    if (length == NULL)
        return 411;
    if (hub_request_length(request) < 0)
        return 413;
    return hub_request_is_type(request->headers[HUB_CONTENT_TYPE], FORM_TYPE) ? 0 : 415;
}

/* Whether the path, up to the query, has only the characters of the hub's routes. */
static bool hub_request_is_path(const char *uri, size_t size)
{
    const size_t path = strcspn(uri, "?");

    for (size_t i = 0; i < size; i++) {
        if (uri[i] <= ' ' || uri[i] > '~')
            return false;
    }
    return size <= HUB_URI_MAX && strlen(uri) == size && uri[0] == '/' &&
           strspn(uri, PATH_CHARACTERS) == path && memmem(uri, path, "..", 2) == NULL;
}

unsigned hub_request_check(const struct hub_request *request, const char *site)
{
    const char *host = strstr(site, "://");

    if (request->malformed || request->headers[HUB_HOST] == NULL)
        return 400;
    if (!hub_request_is_path(fob_secret_data(request->uri), fob_secret_size(request->uri)))
        return fob_secret_size(request->uri) > HUB_URI_MAX ? 414 : 400;
    if (host == NULL || strcasecmp(request->headers[HUB_HOST], host + 3) != 0)
        return 421;
    if (request->method == HUB_OTHER)
        return 405;
    return hub_request_check_body(request);
}

void hub_request_free(struct hub_request *request)
{
    if (request == NULL)
        return;
    fob_secret_free(request->uri);
    free(request);
}
