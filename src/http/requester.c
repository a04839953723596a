/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes an application's request in a worker, and checks the answer.  Answers are parsed only here,
 * in a process that has no key. */
#include "config.h"

#include "http/requester.h"

#include <fob/http.h>

#include "http/json_items.h"
#include "worker/plugin_request.h"

#include <json.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HINT 1024

struct requester {
    struct fob_handle *handle;
    struct fob_http *client;
    struct plugin_request request;
    struct fob_http_response *response;
    struct strbuf items; /* the body as items */
};

/* Whether the method may change something. */
static bool requester_writes(const struct requester *requester)
{
    const char *method = requester->request.method;

    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

/* Return CODE for an answer whose status is a success, but whose body cannot be used. */
static int requester_refuse(const struct requester *requester, int code)
{
    if (requester_writes(requester))
        fob_hint(requester->handle, "its status says that it was done: look before you repeat it");
    return code;
}

/* Choose the hint for a failure status: most hints of the library are about linking an account. */
static void requester_hint_for(const struct requester *requester, int code, char hint[static HINT])
{
    const char *text = "";

    if (code == FOB_UNAVAILABLE && requester_writes(requester))
        text = "it may have been done all the same: look before you repeat it";
    else if (code == FOB_UNAVAILABLE || code == FOB_RATE_LIMITED)
        text = fob_error_hint();
    else if (code == FOB_REJECTED)
        text = "\"fob validate\" asks whether the account is still accepted";
    snprintf(hint, HINT, "%s", text);
}

static int requester_judge_status(const struct requester *requester)
{
    int code = fob_http_code(requester->client, requester->response);
    char hint[HINT];

    if (code == FOB_SUCCESS)
        return code;
    requester_hint_for(requester, code, hint);
    if (fob_http_status(requester->response) == 404)
        code = FOB_NOT_FOUND;
    fob_fail(requester->handle, code, "%s", fob_error());
    if (hint[0] != '\0')
        fob_hint(requester->handle, "%s", hint);
    return code;
}

static bool requester_is_type(const struct requester *requester, const char *type)
{
    const char *header = fob_http_header(requester->response, "Content-Type");
    size_t size = strlen(type);

    return header != NULL && strncasecmp(header, type, size) == 0 &&
           strchr("; \t", header[size]) != NULL;
}

/* Whether the type is JSON, such as application/json and application/vnd.api+json. */
static bool requester_is_json(const struct requester *requester)
{
    const char *header = fob_http_header(requester->response, "Content-Type");
    size_t size = header != NULL ? strcspn(header, "; \t") : 0;

    return requester_is_type(requester, "application/json") ||
           (size > 5 && strncasecmp(header + size - 5, "+json", 5) == 0);
}

/* Parse the body as JSON and, if items were requested, convert it. */
static int requester_read_json(struct requester *requester)
{
    struct json_object *json = NULL;
    int code = fob_http_json(requester->client, requester->response, &json);

    if (code != FOB_SUCCESS)
        return requester_refuse(requester, code);
    if (requester->request.as_items)
        json_items_write(&requester->items, json);
    json_object_put(json);
    if (requester->items.failed)
        return fob_fail(requester->handle, FOB_NOMEM, "out of memory");
    return code;
}

static bool requester_is_silent(const struct requester *requester)
{
    size_t size;
    const char *body = fob_http_body(requester->response, &size);

    return strspn(body, " \t\r\n") == size;
}

/* Unless the request accepts any body, check that the body is complete JSON, not a web page. */
static int requester_judge_body(struct requester *requester)
{
    const char *coding = fob_http_header(requester->response, "Content-Encoding");

    if (requester->request.anything || strcmp(requester->request.method, "HEAD") == 0)
        return FOB_SUCCESS;
    if (coding != NULL && coding[0] != '\0' && strcasecmp(coding, "identity") != 0) {
        fob_fail(requester->handle, FOB_PROTOCOL,
                 "the answer's body is coded as %s, which was not asked for", coding);
        return requester_refuse(requester, FOB_PROTOCOL);
    }
    if (requester_is_type(requester, "text/html")) {
        fob_fail(requester->handle, FOB_PROTOCOL, "the answer is a web page, not JSON");
        return requester_refuse(requester, FOB_PROTOCOL);
    }
    return requester_is_json(requester) ? requester_read_json(requester) : FOB_SUCCESS;
}

static int requester_judge(struct requester *requester)
{
    int code = requester_judge_status(requester);

    if (code != FOB_SUCCESS)
        return code;
    if (requester_is_silent(requester) &&
        (requester_writes(requester) || fob_http_status(requester->response) == 204))
        return FOB_SUCCESS;
    return requester->request.as_items ? requester_read_json(requester)
                                       : requester_judge_body(requester);
}

static void requester_send_answer(const struct requester *requester)
{
    size_t size = requester->items.size;
    const char *body = requester->request.as_items ? requester->items.data
                                                   : fob_http_body(requester->response, &size);

    plugin_request_send_head(requester->handle, fob_http_status(requester->response),
                             fob_http_head(requester->response), size);
    plugin_request_send_body(requester->handle, body, size);
}

/* An application does not replace the credential. */
static int requester_check_lines(const struct requester *requester)
{
    const struct fob_secret *value;
    const char *name;

    for (size_t i = 0; fob_header(requester->handle, i, &name, &value) == FOB_SUCCESS; i++) {
        const char **line = requester->request.lines;
        const size_t size = strlen(name);

        while (*line != NULL && (strncasecmp(*line, name, size) != 0 || (*line)[size] != ':'))
            line++;
        if (*line != NULL)
            return fob_fail(requester->handle, FOB_INVALID, "header %s: set by fob", name);
    }
    return FOB_SUCCESS;
}

static int requester_exchange(struct requester *requester)
{
    const struct plugin_request *request = &requester->request;
    const struct fob_http_request http = {
        .size = sizeof http,
        .method = request->method,
        .path = request->target,
        .body = request->body,
        .body_size = request->body_size,
        .content_type = request->content_type,
        .headers = request->lines,
    };
    int code = requester_check_lines(requester);

    if (code == FOB_SUCCESS)
        code = fob_http_open(requester->handle, &requester->client);
    if (code == FOB_SUCCESS)
        code = fob_http_send(requester->client, &http, &requester->response);
    if (code == FOB_SUCCESS)
        code = requester_judge(requester);
    if (code == FOB_SUCCESS)
        requester_send_answer(requester);
    fob_http_response_free(requester->response);
    fob_http_close(requester->client);
    return code;
}

int requester_hook(struct fob_handle *handle)
{
    struct requester requester = { .handle = handle };
    int code = plugin_request_receive(handle, &requester.request);

    if (code == FOB_SUCCESS)
        code = requester_exchange(&requester);
    plugin_request_clear(&requester.request);
    if (requester.items.data != NULL)
        explicit_bzero(requester.items.data, requester.items.size);
    strbuf_free(&requester.items);
    return code;
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "requester",
    .version = PACKAGE_VERSION,
    .summary = "Makes an application's requests",
    .needs = FOB_NEEDS_NETWORK,
};
