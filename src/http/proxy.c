/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A proxy's refusal, before the provider was asked.  The proxy's user and password are not shown.
 */
#include "config.h"

#include "http/proxy.h"

#include "http/client.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 128

/* "host:port" of the environment's proxy for https; false if there is none. */
static bool proxy_find(char name[NAME_SIZE])
{
    static const char *const variables[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
                                             "ALL_PROXY" };
    const char *url = NULL;
    const char *host;
    const char *user;

    for (size_t i = 0; i < ARRAY_SIZE(variables) && url == NULL; i++)
        url = secure_getenv(variables[i]);
    if (url == NULL || url[0] == '\0')
        return false;
    host = strstr(url, "://") != NULL ? strstr(url, "://") + 3 : url;
    user = strrchr(host, '@');
    if (user != NULL)
        host = user + 1;
    snprintf(name, NAME_SIZE, "%.*s", (int)strcspn(host, "/?#"), host);
    return true;
}

/* The proxy's answer in place of a connection; 0 for none. */
static long proxy_refusal_status(const struct fob_http *http)
{
    long status = 0;

    curl_easy_getinfo(http->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status >= 300 ? status : 0;
}

static bool proxy_has_bad_scheme(const struct fob_http *http)
{
    return strstr(http->error, "Unsupported proxy") != NULL;
}

/* Only libcurl's message says where it could not connect to: "... to HOST port PORT ...". */
static bool proxy_is_about(const struct fob_http *http, const char *name)
{
    const char *colon = strrchr(name, ':');
    size_t size = colon != NULL ? (size_t)(colon - name) : strlen(name);
    const char *found = memmem(http->error, strlen(http->error), name, size);

    return found != NULL && strncmp(found + size, " port ", 6) == 0 &&
           strncmp(http->base.host, name, size) != 0;
}

bool proxy_failed(const struct fob_http *http, CURLcode result)
{
    char name[NAME_SIZE];

    if (!proxy_find(name))
        return false;
    return proxy_refusal_status(http) != 0 || proxy_has_bad_scheme(http) ||
           result == CURLE_COULDNT_RESOLVE_PROXY ||
           (result == CURLE_COULDNT_CONNECT && proxy_is_about(http, name));
}

bool proxy_failure_is_passing(const struct fob_http *http)
{
    return !proxy_has_bad_scheme(http) &&
           (proxy_refusal_status(http) == 0 || proxy_refusal_status(http) >= 500);
}

int proxy_report(struct fob_http *http)
{
    long status = proxy_refusal_status(http);
    char name[NAME_SIZE] = "";

    (void)proxy_find(name);
    if (proxy_has_bad_scheme(http))
        return fob_fail(http->handle, FOB_CONFIG, "the proxy %s: its scheme cannot be used", name);
    if (status == 407) {
        fob_fail(http->handle, FOB_CONFIG,
                 "the proxy %s requires a user name and a password (HTTP 407)", name);
        fob_hint(http->handle, "https_proxy can have them: http://USER:PASSWORD@HOST:PORT");
        return FOB_CONFIG;
    }
    if (status != 0)
        return fob_fail(http->handle, FOB_UNAVAILABLE,
                        "the proxy %s makes no connection to %s (HTTP %ld)", name, http->base.host,
                        status);
    return fob_fail(http->handle, FOB_UNAVAILABLE, "could not connect to the proxy %s", name);
}
