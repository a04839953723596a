/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* One answer judged and printed, or many pages as one array. */
#include "config.h"

#include "cli/request.h"

#include "cli/output.h"
#include "cli/page.h"

#include <json.h>

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PAGES_MAX 10000
#define NEXT_URL_MAX 2048

/* The library's error, with the account's name before it.  Its hints are for who links an
 * account. */
static int fail(const struct request *request, int code)
{
    const char *hint = NULL;

    if (code == FOB_UNAVAILABLE || code == FOB_RATE_LIMITED || code == FOB_UNTRUSTED)
        hint = fob_error_hint();
    else if (code == FOB_REJECTED)
        hint = "\"fob validate\" asks whether the account is still accepted";
    return output_fail(code, hint, "%s: %s", request->account, fob_error());
}

static int judge_status(const struct request *request, const struct fob_http_response *response)
{
    int code = fob_http_code(request->client, response);

    if (code == FOB_SUCCESS)
        return code;
    if (fob_http_status(response) == 404)
        code = FOB_NOT_FOUND;
    return fail(request, code);
}

static bool is_type(const struct fob_http_response *response, const char *type)
{
    const char *header = fob_http_header(response, "Content-Type");
    size_t size = strlen(type);

    return header != NULL && strncasecmp(header, type, size) == 0 &&
           strchr("; \t", header[size]) != NULL;
}

/* A provider may say success with the status and failure in the body. */
static int judge_envelope(const struct request *request, const struct fob_http_response *response,
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

/* What was asked for is JSON, unless the caller said otherwise: a web page, or half a document,
 * must not reach a script as if it were the answer. */
static int judge_body(const struct request *request, const struct fob_http_response *response)
{
    struct json_object *json = NULL;
    int code;

    if (request->accepts_anything || strcmp(request->http.method, "HEAD") == 0 ||
        fob_http_status(response) == 204)
        return FOB_SUCCESS;
    if (is_type(response, "text/html"))
        return output_fail(FOB_PROTOCOL, NULL, "%s: the answer is a web page, not JSON",
                           request->account);
    if (!is_type(response, "application/json"))
        return FOB_SUCCESS;
    code = fob_http_json(request->client, response, &json);
    code = code != FOB_SUCCESS ? fail(request, code) : judge_envelope(request, response, json);
    json_object_put(json);
    return code;
}

int request_once(struct request *request)
{
    struct fob_http_response *response = NULL;
    const char *body;
    size_t size;
    int code = fob_http_send(request->client, &request->http, &response);

    if (code != FOB_SUCCESS)
        return fail(request, code);
    code = judge_status(request, response);
    if (code == FOB_SUCCESS)
        code = judge_body(request, response);
    if (code == FOB_SUCCESS && request->include)
        fputs(fob_http_head(response), output_file());
    if (code == FOB_SUCCESS) {
        body = fob_http_body(response, &size);
        fwrite(body, 1, size, output_file());
    }
    fob_http_response_free(response);
    return code;
}

/* The walk over the pages. */
struct walk {
    struct request *request;
    char *path; /* of the page to read */
    void *seen; /* a tree of the paths read */
    size_t pages;
    bool any; /* an item was printed */
};

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Take over PATH as the next page; one that was read before would go on for ever. */
static int go_to(struct walk *walk, char *path)
{
    void *node = tsearch(path, &walk->seen, compare);
    const char *account = walk->request->account;

    if (node == NULL) {
        free(path);
        return output_fail(FOB_NOMEM, NULL, "out of memory");
    }
    if (*(char **)node != path) {
        free(path);
        return output_fail(FOB_PROTOCOL, NULL,
                           "%s: meta.next_url leads back to a page that was "
                           "read already",
                           account);
    }
    walk->path = path; /* freed with the tree */
    if (++walk->pages > PAGES_MAX)
        return output_fail(FOB_PROTOCOL, NULL, "%s: more than %d pages", account, PAGES_MAX);
    return FOB_SUCCESS;
}

/* meta.next_url, borrowed; NULL after the last page. */
static int find_next(const struct walk *walk, struct json_object *json, const char **next)
{
    struct json_object *meta = NULL;
    struct json_object *url = NULL;

    *next = NULL;
    if (!json_object_object_get_ex(json, "meta", &meta) ||
        !json_object_is_type(meta, json_type_object) ||
        !json_object_object_get_ex(meta, "next_url", &url) || url == NULL)
        return FOB_SUCCESS;
    if (!json_object_is_type(url, json_type_string) ||
        json_object_get_string_len(url) > NEXT_URL_MAX ||
        strlen(json_object_get_string(url)) != (size_t)json_object_get_string_len(url))
        return output_fail(FOB_PROTOCOL, NULL, "%s: meta.next_url is no address",
                           walk->request->account);
    if (json_object_get_string_len(url) > 0)
        *next = json_object_get_string(url);
    return FOB_SUCCESS;
}

/* Go on to the page that JSON names; MORE says whether there is one. */
static int follow(struct walk *walk, struct json_object *json, bool *more)
{
    const char *base_url = fob_option_text(walk->request->handle, "base_url");
    const char *next;
    char *path;
    int code = find_next(walk, json, &next);

    *more = code == FOB_SUCCESS && next != NULL;
    if (!*more)
        return code;
    path = page_resolve(base_url != NULL ? base_url : "", walk->path, next);
    if (path == NULL && errno == ENOMEM)
        return output_fail(FOB_NOMEM, NULL, "out of memory");
    if (path == NULL)
        return output_fail(FOB_PROTOCOL, NULL,
                           "%s: meta.next_url is neither a query, a path nor "
                           "a URL",
                           walk->request->account);
    return go_to(walk, path);
}

static int print_items(struct walk *walk, const struct fob_http_response *response)
{
    size_t body_size;
    size_t size;
    const char *items = page_items(fob_http_body(response, &body_size), &size);

    if (items == NULL)
        return output_fail(FOB_PROTOCOL, NULL, "%s: the answer has no list called data",
                           walk->request->account);
    if (size == 0)
        return FOB_SUCCESS;
    fputs(walk->any ? ",\n" : "[\n", output_file());
    fwrite(items, 1, size, output_file());
    walk->any = true;
    return ferror(output_file()) == 0 ? FOB_SUCCESS : FOB_SYSTEM; /* told when stdout is closed */
}

static int read_page(struct walk *walk, const struct fob_http_response *response, bool *more)
{
    const struct request *request = walk->request;
    struct json_object *json = NULL;
    int code = judge_status(request, response);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_http_json(request->client, response, &json);
    if (code != FOB_SUCCESS)
        return fail(request, code);
    code = judge_envelope(request, response, json);
    if (code == FOB_SUCCESS)
        code = print_items(walk, response);
    if (code == FOB_SUCCESS)
        code = follow(walk, json, more);
    json_object_put(json);
    return code;
}

static int send_page(struct walk *walk, bool *more)
{
    struct fob_http_response *response = NULL;
    struct request *request = walk->request;
    int code;

    request->http.path = walk->path;
    code = fob_http_send(request->client, &request->http, &response);
    /* The first path is the caller's, the others are the provider's. */
    if (code == FOB_INVALID && walk->pages > 1)
        code =
            output_fail(FOB_PROTOCOL, NULL, "%s: meta.next_url: %s", request->account, fob_error());
    else if (code != FOB_SUCCESS)
        code = fail(request, code);
    else
        code = read_page(walk, response, more);
    fob_http_response_free(response);
    return code;
}

int request_pages(struct request *request)
{
    struct walk walk = { .request = request };
    char *first = strdup(request->http.path);
    bool more = true;
    int code;

    if (first == NULL)
        return output_fail(FOB_NOMEM, NULL, "out of memory");
    code = go_to(&walk, first);
    while (code == FOB_SUCCESS && more)
        code = send_page(&walk, &more);
    if (code == FOB_SUCCESS)
        fputs(walk.any ? "\n]\n" : "[]\n", output_file());
    tdestroy(walk.seen, free);
    return code;
}
