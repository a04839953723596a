/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends one request and judges its answer; paging.c walks over pages. */
#include "config.h"

#include "fob-request/request.h"

#include "cli/output.h"

#include <json.h>

#include <string.h>
#include <strings.h>

/* Whether the method may change something. */
static bool request_writes(const struct request *request)
{
    return strcmp(request->http.method, "GET") != 0 && strcmp(request->http.method, "HEAD") != 0;
}

const char *request_hint(const struct request *request)
{
    return request_writes(request) ? "its status says that it was done: look before you repeat it"
                                   : NULL;
}

bool request_is_silent(const struct fob_http_response *response)
{
    size_t size;
    const char *body = fob_http_body(response, &size);

    return strspn(body, " \t\r\n") == size;
}

/* Report the library's error, preceded by the account's name.  Returns CODE. */
static int request_fail(const struct request *request, int code, const char *hint)
{
    return output_fail(code, hint, "%s: %s", request->account, fob_error());
}

/* Report a failure status.  The library's hints are mostly for linking an account, so most are
 * replaced. */
static int request_judge_status(const struct request *request,
                                const struct fob_http_response *response)
{
    int code = fob_http_code(request->client, response);
    const char *hint = NULL;

    if (code == FOB_SUCCESS)
        return code;
    if (code == FOB_UNAVAILABLE && request_writes(request))
        hint = "it may have been done all the same: look before you repeat it";
    else if (code == FOB_UNAVAILABLE || code == FOB_RATE_LIMITED)
        hint = fob_error_hint();
    else if (code == FOB_REJECTED)
        hint = "\"fob validate\" asks whether the account is still accepted";
    if (fob_http_status(response) == 404)
        code = FOB_NOT_FOUND;
    return request_fail(request, code, hint);
}

static bool request_is_type(const struct fob_http_response *response, const char *type)
{
    const char *header = fob_http_header(response, "Content-Type");
    size_t size = strlen(type);

    return header != NULL && strncasecmp(header, type, size) == 0 &&
           strchr("; \t", header[size]) != NULL;
}

/* Whether the type is JSON, such as application/json and application/vnd.api+json. */
static bool request_is_json(const struct fob_http_response *response)
{
    const char *header = fob_http_header(response, "Content-Type");
    size_t size = header != NULL ? strcspn(header, "; \t") : 0;

    return request_is_type(response, "application/json") ||
           (size > 5 && strncasecmp(header + size - 5, "+json", 5) == 0);
}

/* A provider may report success in the status but a failure in the body. */
static int request_judge_envelope(const struct request *request,
                                  const struct fob_http_response *response,
                                  struct json_object *json)
{
    struct json_object *success = NULL;
    char words[FOB_HTTP_WORDS];

    if (!json_object_is_type(json, json_type_object) ||
        !json_object_object_get_ex(json, "success", &success) ||
        !json_object_is_type(success, json_type_boolean) || json_object_get_boolean(success))
        return FOB_SUCCESS;
    fob_http_words(request->client, response, words);
    return output_fail(FOB_PROTOCOL, NULL, "%s: the provider reports a failure%s%s",
                       request->account, words[0] != '\0' ? ": " : "", words);
}

int request_json(const struct request *request, const struct fob_http_response *response,
                 struct json_object **json)
{
    struct json_object *made = NULL;
    int code = fob_http_json(request->client, response, &made);

    if (code != FOB_SUCCESS)
        return request_fail(request, code, request_hint(request));
    code = request_judge_envelope(request, response, made);
    if (code == FOB_SUCCESS)
        *json = made;
    else
        json_object_put(made);
    return code;
}

/* Unless the caller accepts anything, the answer must be JSON: a script must not take a web page or
 * half a document for the answer. */
static int request_judge_body(const struct request *request,
                              const struct fob_http_response *response)
{
    const char *coding = fob_http_header(response, "Content-Encoding");
    struct json_object *json = NULL;
    int code;

    if (request->accepts_anything || strcmp(request->http.method, "HEAD") == 0 ||
        fob_http_status(response) == 204 ||
        (request_writes(request) && request_is_silent(response)))
        return FOB_SUCCESS;
    if (coding != NULL && coding[0] != '\0' && strcasecmp(coding, "identity") != 0)
        return output_fail(FOB_PROTOCOL, request_hint(request),
                           "%s: the answer's body is coded as %s, which was not asked for",
                           request->account, coding);
    if (request_is_type(response, "text/html"))
        return output_fail(FOB_PROTOCOL, request_hint(request),
                           "%s: the answer is a web page, not JSON", request->account);
    if (!request_is_json(response))
        return FOB_SUCCESS;
    code = request_json(request, response, &json);
    json_object_put(json);
    return code;
}

int request_send(const struct request *request, struct fob_http_response **response)
{
    struct fob_http_response *got = NULL;
    int code = fob_http_send(request->client, &request->http, &got);

    if (code == FOB_INVALID && request->path_from != NULL)
        return output_fail(FOB_PROTOCOL, NULL, "%s: %s: %s", request->account, request->path_from,
                           fob_error());
    if (code != FOB_SUCCESS)
        return request_fail(request, code, fob_error_hint());
    code = request_judge_status(request, got);
    if (code == FOB_SUCCESS)
        *response = got;
    else
        fob_http_response_free(got);
    return code;
}

void request_report_location(const struct request *request,
                             const struct fob_http_response *response)
{
    const char *location = fob_http_header(response, "Location");

    if (location != NULL)
        output_note("%s: done, see %s", request->account, location);
}

int request_once(struct request *request)
{
    struct fob_http_response *response = NULL;
    const char *body;
    size_t size;
    int code = request_send(request, &response);

    if (code == FOB_SUCCESS)
        code = request_judge_body(request, response);
    if (code == FOB_SUCCESS && request->include)
        output_text(fob_http_head(response), strlen(fob_http_head(response)));
    if (code == FOB_SUCCESS) {
        body = fob_http_body(response, &size);
        output_text(body, size);
        if (!request->include && request_writes(request) && request_is_silent(response))
            request_report_location(request, response);
    }
    fob_http_response_free(response);
    return code;
}
