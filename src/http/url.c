/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which URLs libfob-http may send requests to; no other file compares URLs. */
#include "config.h"

#include "http/url.h"

#include <fob/fob.h>

#include "util/address.h"

#include <curl/curl.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* The parts of a URL that the rules need; the strings belong to libcurl. */
struct url_parts {
    CURLU *url;
    char *scheme;
    char *host;
    char *port; /* NULL for the scheme's default */
    char *path;
};

static void url_parts_clear(struct url_parts *parts)
{
    curl_free(parts->scheme);
    curl_free(parts->host);
    curl_free(parts->port);
    curl_free(parts->path);
    curl_url_cleanup(parts->url);
}

/* Get a part that may be missing. */
static int url_get_optional(CURLU *url, CURLUPart which, char **part)
{
    return curl_url_get(url, which, part, CURLU_NO_DEFAULT_PORT) == CURLUE_OUT_OF_MEMORY
               ? FOB_NOMEM
               : FOB_SUCCESS;
}

/* FOB_INVALID if TEXT is not a URL with a host, or has a user. */
static int url_parts_set(struct url_parts *parts, const char *text)
{
    CURLUcode result;

    *parts = (struct url_parts){ .url = curl_url() };
    if (parts->url == NULL)
        return FOB_NOMEM;
    result = curl_url_set(parts->url, CURLUPART_URL, text, CURLU_DISALLOW_USER);
    if (result != CURLUE_OK)
        return result == CURLUE_OUT_OF_MEMORY ? FOB_NOMEM : FOB_INVALID;
    if (url_get_optional(parts->url, CURLUPART_SCHEME, &parts->scheme) != FOB_SUCCESS ||
        url_get_optional(parts->url, CURLUPART_HOST, &parts->host) != FOB_SUCCESS ||
        url_get_optional(parts->url, CURLUPART_PORT, &parts->port) != FOB_SUCCESS ||
        url_get_optional(parts->url, CURLUPART_PATH, &parts->path) != FOB_SUCCESS)
        return FOB_NOMEM;
    if (parts->scheme == NULL || parts->host == NULL || parts->path == NULL)
        return FOB_INVALID;
    return FOB_SUCCESS;
}

static void url_lower(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
    }
}

/* "host" or "host:port". */
static char *url_make_host(const struct url_parts *parts)
{
    char *host = NULL;

    if (asprintf(&host, "%s%s%s", parts->host, parts->port != NULL ? ":" : "",
                 parts->port != NULL ? parts->port : "") < 0)
        return NULL;
    url_lower(host);
    return host;
}

static char *url_make_origin(const struct url_parts *parts)
{
    char *origin = NULL;

    if (asprintf(&origin, "%s://%s%s%s", parts->scheme, parts->host, parts->port != NULL ? ":" : "",
                 parts->port != NULL ? parts->port : "") < 0)
        return NULL;
    url_lower(origin);
    return origin;
}

bool url_is_loopback_address(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, address, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return false;
}

static int url_base_take(struct url_base *base, const struct url_parts *parts, const char *text)
{
    size_t size = strlen(text);
    size_t path_size = strlen(parts->path);

    while (size > 0 && text[size - 1] == '/')
        size--;
    while (path_size > 0 && parts->path[path_size - 1] == '/')
        path_size--;
    base->text = strndup(text, size);
    base->path = strndup(parts->path, path_size);
    base->origin = url_make_origin(parts);
    base->host = url_make_host(parts);
    base->plain = strcmp(parts->scheme, "http") == 0;
    if (base->text == NULL || base->path == NULL || base->origin == NULL || base->host == NULL)
        return FOB_NOMEM;
    return FOB_SUCCESS;
}

int url_base_set(struct url_base *base, const char *text, const char **why)
{
    struct url_parts parts = { 0 };
    int code;

    *base = (struct url_base){ 0 };
    *why = address_fault(text, ADDRESS_BASE);
    if (*why != NULL)
        return FOB_CONFIG;
    code = url_parts_set(&parts, text);
    if (code == FOB_SUCCESS)
        code = url_base_take(base, &parts, text);
    if (code == FOB_INVALID) {
        *why = "this libcurl does not understand it";
        code = FOB_CONFIG;
    }
    url_parts_clear(&parts);
    return code;
}

void url_base_clear(struct url_base *base)
{
    free(base->text);
    free(base->origin);
    free(base->path);
    free(base->host);
    *base = (struct url_base){ 0 };
}

/* Whether the URL of PARTS is the base or lies below it. */
static bool url_is_within(const struct url_base *base, const struct url_parts *parts,
                          const char *origin)
{
    size_t size = strlen(base->path);

    return strcmp(origin, base->origin) == 0 && strncmp(parts->path, base->path, size) == 0 &&
           (parts->path[size] == '/' || parts->path[size] == '\0');
}

static int url_check_within(const struct url_base *base, const char *url, const char **why)
{
    struct url_parts parts = { 0 };
    char *origin = NULL;
    int code;

    code = url_parts_set(&parts, url);
    if (code == FOB_INVALID)
        *why = "it is not a URL, or has a user name in it";
    if (code != FOB_SUCCESS)
        goto out;
    origin = url_make_origin(&parts);
    if (origin == NULL) {
        code = FOB_NOMEM;
    } else if (!url_is_within(base, &parts, origin)) {
        *why = "it lies outside the base URL";
        code = FOB_INVALID;
    }
out:
    free(origin);
    url_parts_clear(&parts);
    return code;
}

int url_join(const struct url_base *base, const char *path, char **url, const char **why)
{
    bool relative = path[0] == '/' || path[0] == '?';
    char *joined = NULL;
    int code = FOB_INVALID;

    *why = address_target_fault(path);
    if (*why != NULL)
        return FOB_INVALID;
    if (!relative && strncasecmp(path, "https://", 8) != 0 && strncasecmp(path, "http://", 7) != 0)
        *why = "it must begin with '/' or '?', or be a URL within the base URL";
    else
        code = relative ? FOB_SUCCESS : url_check_within(base, path, why);
    if (code != FOB_SUCCESS)
        return code;
    /* What begins with '/' or '?' ends the base's host, and adds to its path or ends that, too: so
     * it lies within the base. */
    if (asprintf(&joined, "%s%s", relative ? base->text : "", path) < 0)
        return FOB_NOMEM;
    *url = joined;
    return FOB_SUCCESS;
}

int url_origin(const char *url, char **origin)
{
    struct url_parts parts = { 0 };
    int code = url_parts_set(&parts, url);

    if (code == FOB_SUCCESS && strcmp(parts.scheme, "http") != 0 &&
        strcmp(parts.scheme, "https") != 0)
        code = FOB_INVALID;
    if (code == FOB_SUCCESS) {
        char *made = url_make_origin(&parts);

        if (made == NULL)
            code = FOB_NOMEM;
        else
            *origin = made;
    }
    url_parts_clear(&parts);
    return code;
}
