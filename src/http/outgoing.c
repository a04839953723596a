/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks a caller's request, and makes it ready for libcurl. */
#include "config.h"

#include "http/outgoing.h"

#include <fob/http.h>

#include "util/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The smallest size that libcurl accepts. */
#define BUFFER_SIZE 16384
#define METHOD_MAX 32

static int outgoing_check_method(struct fob_http *http, const struct fob_http_request *public,
                                 struct outgoing *request)
{
    const char *method = public->method != NULL ? public->method : "GET";
    size_t size = strlen(method);

    if (size == 0 || size > METHOD_MAX || strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != size)
        return fob_fail(http->handle, FOB_INVALID, "an HTTP method is one word in capital letters");
    if (strcmp(method, "CONNECT") == 0 || strcmp(method, "TRACE") == 0)
        return fob_fail(http->handle, FOB_INVALID, "method %s cannot be used with a credential",
                        method);
    request->method = method;
    request->safe = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (request->safe && public->body != NULL)
        return fob_fail(http->handle, FOB_INVALID, "a %s request has no body", method);
    return FOB_SUCCESS;
}

static int outgoing_make_url(struct fob_http *http, const struct fob_http_request *public,
                             struct outgoing *request)
{
    const char *why = NULL;
    char *url = NULL;
    int code;

    if (public->path == NULL || (public->body == NULL && public->body_size > 0))
        return fob_fail(http->handle, FOB_INVALID, "a request to %s has no %s", http->base.host,
                        public->path == NULL ? "path" : "body");
    code = url_join(&http->base, public->path, &url, &why);
    /* The path is not shown: some providers have a secret field in it. */
    if (code == FOB_INVALID)
        return fob_fail(http->handle, code, "the path of a request to %s: %s", http->base.host,
                        why);
    if (code == FOB_SUCCESS) {
        code = fob_secret_new(url, strlen(url), &request->url);
        explicit_bzero(url, strlen(url));
        free(url);
    }
    return code == FOB_SUCCESS ? code : client_nomem(http->handle);
}

/* Whether the query of URL has the parameter NAME. */
static bool outgoing_has_parameter(const char *url, const char *name)
{
    const size_t size = strlen(name);
    const char *at = strchr(url, '?');

    while (at != NULL && (strncmp(at + 1, name, size) != 0 || at[1 + size] != '='))
        at = strchr(at + 1, '&');
    return at != NULL;
}

/* Add the handle's parameters, but those that the path has: the provider may have put them into the
 * address of a next page. */
static int outgoing_add_parameters(struct fob_http *http, struct outgoing *request)
{
    struct fob_secret *url = request->url;
    const struct fob_secret *value;
    const char *name;
    int code = FOB_SUCCESS;

    for (size_t i = 0;
         code == FOB_SUCCESS && fob_query_parameter(http->handle, i, &name, &value) == FOB_SUCCESS;
         i++) {
        const char *before = strchr(fob_secret_data(url), '?') == NULL ? "?" : "&";

        if (outgoing_has_parameter(fob_secret_data(url), name))
            continue;
        code = fob_secret_append(url, before, 1);
        if (code == FOB_SUCCESS)
            code = fob_secret_append(url, name, strlen(name));
        if (code == FOB_SUCCESS)
            code = fob_secret_append(url, "=", 1);
        if (code == FOB_SUCCESS)
            code = fob_http_encode(FOB_HTTP_PERCENT, fob_secret_data(value), fob_secret_size(value),
                                   url);
    }
    if (code == FOB_INVALID)
        return fob_fail(http->handle, code, "the query of a request to %s: over %d bytes",
                        http->base.host, FOB_VALUE_MAX);
    return code == FOB_SUCCESS ? code : client_nomem(http->handle);
}

/* Whether LINE is a header called NAME. */
static bool outgoing_is_header(const char *line, const char *name)
{
    size_t size = strlen(name);

    return strncasecmp(line, name, size) == 0 && (line[size] == ':' || line[size] == ';');
}

static bool outgoing_has_line(const struct outgoing *request, const char *name)
{
    const char *at = fob_secret_data(request->lines);
    const char *end = at + fob_secret_size(request->lines);

    for (; at < end; at += strlen(at) + 1) {
        if (outgoing_is_header(at, name))
            return true;
    }
    return false;
}

/* Add "NAME: VALUE".  libcurl drops a header without a value unless it is written "NAME;". */
static int outgoing_add_line(struct fob_http *http, struct outgoing *request, const char *line,
                             size_t name, const char *value)
{
    size_t size = strlen(value);
    int code = fob_secret_append(request->lines, line, name);

    if (code == FOB_SUCCESS)
        code = fob_secret_append(request->lines, size > 0 ? ": " : ";", size > 0 ? 2 : 1);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(request->lines, value, size + 1);
    if (code == FOB_INVALID)
        return fob_fail(http->handle, code, "the headers of a request to %s: over %d bytes",
                        http->base.host, FOB_VALUE_MAX);
    if (code != FOB_SUCCESS)
        return client_nomem(http->handle);
    return FOB_SUCCESS;
}

/* Add a line for libcurl itself: "NAME:" removes a header that libcurl would send. */
static int outgoing_add_text(struct fob_http *http, struct outgoing *request, const char *text)
{
    int code = fob_secret_append(request->lines, text, strlen(text) + 1);

    if (code != FOB_SUCCESS)
        return fob_fail(http->handle, code, "the headers of a request to %s: too large",
                        http->base.host);
    return FOB_SUCCESS;
}

static bool outgoing_has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == '\x7f')
            return true;
    }
    return false;
}

/* The length of the name in "Name: value"; 0 if LINE has another form. */
static size_t outgoing_name_size(const char *line)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t size = strspn(line, token);

    return line[size] == ':' && !outgoing_has_control(line) ? size : 0;
}

/* Add the handle's headers, which are the credential, but those that the caller has given. */
static int outgoing_add_credential(struct fob_http *http, struct outgoing *request)
{
    const struct fob_secret *value;
    const char *name;
    int code = FOB_SUCCESS;

    for (size_t i = 0;
         code == FOB_SUCCESS && fob_header(http->handle, i, &name, &value) == FOB_SUCCESS; i++) {
        if (text_is_framing(name))
            return fob_fail(http->handle, FOB_INVALID, "header %s: set by fob", name);
        if (outgoing_has_line(request, name))
            continue;
        if (outgoing_has_control(fob_secret_data(value)) ||
            strlen(fob_secret_data(value)) != fob_secret_size(value))
            return fob_fail(http->handle, FOB_INVALID,
                            "header %s: a control character cannot be sent", name);
        code = outgoing_add_line(http, request, name, strlen(name), fob_secret_data(value));
    }
    return code;
}

static int outgoing_add_callers(struct fob_http *http, struct outgoing *request)
{
    const char *const *header = request->public->headers;
    int code = FOB_SUCCESS;

    for (; code == FOB_SUCCESS && header != NULL && *header != NULL; header++) {
        size_t size = outgoing_name_size(*header);
        char name[64];

        if (size == 0 || size >= sizeof name)
            return fob_fail(
                http->handle, FOB_INVALID,
                "a request's header is not \"Name: value\", or has a control character");
        memcpy(name, *header, size);
        name[size] = '\0';
        if (text_is_framing(name) || outgoing_has_line(request, name))
            return fob_fail(http->handle, FOB_INVALID, "header %s: set by fob, or given twice",
                            name);
        code = outgoing_add_line(http, request, *header, size,
                                 *header + size + 1 + strspn(*header + size + 1, " \t"));
    }
    return code;
}

static int outgoing_add_defaults(struct fob_http *http, struct outgoing *request)
{
    const char *type = request->public->content_type;
    int code = FOB_SUCCESS;

    if (!outgoing_has_line(request, "Accept"))
        code = outgoing_add_text(http, request, "Accept: application/json");
    if (code == FOB_SUCCESS && !outgoing_has_line(request, "Accept-Encoding"))
        code = outgoing_add_text(http, request, "Accept-Encoding: identity");
    if (code == FOB_SUCCESS)
        code = outgoing_add_text(http, request, "Expect:");
    if (code != FOB_SUCCESS || outgoing_has_line(request, "Content-Type"))
        return code;
    if (request->public->body == NULL)
        return outgoing_add_text(http, request, "Content-Type:");
    if (type == NULL)
        type = "application/json";
    if (type[0] == '\0' || outgoing_has_control(type))
        return fob_fail(http->handle, FOB_INVALID,
                        "a content type is empty or has a control character");
    return outgoing_add_line(http, request, "Content-Type", strlen("Content-Type"), type);
}

/* Make libcurl's list as one block that points into LINES; libcurl only reads it. */
static int outgoing_make_nodes(struct fob_http *http, struct outgoing *request)
{
    const char *at = fob_secret_data(request->lines);
    const char *end = at + fob_secret_size(request->lines);
    size_t count = 0;

    for (const char *line = at; line < end; line += strlen(line) + 1)
        count++;
    request->nodes = reallocarray(NULL, count, sizeof *request->nodes);
    if (request->nodes == NULL)
        return client_nomem(http->handle);
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1) {
        request->nodes[i].data = (char *)(uintptr_t)at;
        request->nodes[i].next = i + 1 < count ? &request->nodes[i + 1] : NULL;
    }
    return FOB_SUCCESS;
}

int outgoing_prepare(struct fob_http *http, const struct fob_http_request *public,
                     struct outgoing *request)
{
    int code;

    *request = (struct outgoing){ .public = public };
    code = outgoing_check_method(http, public, request);
    if (code == FOB_SUCCESS)
        code = outgoing_make_url(http, public, request);
    if (code == FOB_SUCCESS && !http->bare)
        code = outgoing_add_parameters(http, request);
    if (code == FOB_SUCCESS && fob_secret_new("", 0, &request->lines) != FOB_SUCCESS)
        code = client_nomem(http->handle);
    if (code == FOB_SUCCESS)
        code = outgoing_add_callers(http, request);
    if (code == FOB_SUCCESS && !http->bare)
        code = outgoing_add_credential(http, request);
    if (code == FOB_SUCCESS)
        code = outgoing_add_defaults(http, request);
    if (code == FOB_SUCCESS)
        code = outgoing_make_nodes(http, request);
    return code;
}

void outgoing_clear(struct outgoing *request)
{
    fob_secret_free(request->url);
    free(request->nodes);
    fob_secret_free(request->lines);
    *request = (struct outgoing){ 0 };
}

static CURLcode outgoing_apply_body(const struct outgoing *request, CURL *easy)
{
    const struct fob_http_request *public = request->public;
    CURLcode result = curl_easy_setopt(easy, CURLOPT_POST, 1L);

    if (result == CURLE_OK)
        result =
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, public->body != NULL ? public->body : "");
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                                  (curl_off_t)(public->body != NULL ? public->body_size : 0));
    return result;
}

/*
 * libcurl allocates this buffer for each request, and malloc() is faster below 64 KiB.  Over TLS,
 * libcurl never sends the part of a head that does not fit.
 */
static long outgoing_buffer_size(const struct outgoing *request)
{
    size_t head = fob_secret_size(request->lines) + fob_secret_size(request->url) + BUFFER_SIZE;

    return head < 2 * BUFFER_SIZE ? BUFFER_SIZE : (long)head;
}

CURLcode outgoing_apply(const struct outgoing *request, CURL *easy)
{
    bool head = strcmp(request->method, "HEAD") == 0;
    bool get = request->safe && !head;
    CURLcode result = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->nodes);

    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, outgoing_buffer_size(request));

    /* On a reused connection libcurl may send a request again by itself. */
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->safe ? 0L : 1L);
    if (result == CURLE_OK && get)
        result = curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    else if (result == CURLE_OK && head)
        result = curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else if (result == CURLE_OK)
        result = outgoing_apply_body(request, easy);
    if (result == CURLE_OK && !request->safe)
        result = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    return result;
}

void outgoing_withdraw(CURL *easy)
{
    /* HTTPGET also undoes NOBODY and POST. */
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
}
