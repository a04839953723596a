/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the requests that options describe. */
#include "config.h"

#include "exchange.h"

#include "body.h"
#include "certificate_fields.h"
#include "header_value.h"
#include "location.h"
#include "template.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The longest name of a method. */
#define METHOD_MAX 8

/* A request and the memory of its texts. */
struct exchange {
    struct fob_http_request request;
    char method[METHOD_MAX];
    struct fob_secret *target;
    struct fob_secret *lines; /* its headers; each ends with a NUL */
    struct fob_secret *body;
    const char **headers;
};

static const char *const methods[] = { "get", "post", "put", "patch", "delete", NULL };

bool exchange_is_method(const char *key)
{
    const char *const *at = methods;

    while (*at != NULL && strcmp(*at, key) != 0)
        at++;
    return *at != NULL;
}

const struct fob_node *exchange_target(const struct fob_node *node, const char **method)
{
    const struct fob_node *target = NULL;

    for (const char *const *at = methods; *at != NULL && target == NULL; at++) {
        target = fob_node_get(node, *at);
        *method = *at;
    }
    return target;
}

/* Append the parameters of QUERY, if they have values, to TARGET. */
static int exchange_add_query(struct fob_handle *handle, const struct fob_node *query,
                              struct fob_secret *target)
{
    struct fob_secret *parameters = NULL;
    const char *before = strchr(fob_secret_data(target), '?') == NULL ? "?" : "&";
    int code = fob_secret_new("", 0, &parameters);

    if (code == FOB_SUCCESS)
        code = body_add_parameters(handle, query, parameters);
    if (code == FOB_SUCCESS && fob_secret_size(parameters) > 0) {
        code = fob_secret_append(target, before, 1);
        if (code == FOB_SUCCESS)
            code =
                fob_secret_append(target, fob_secret_data(parameters), fob_secret_size(parameters));
    }
    fob_secret_free(parameters);
    return code;
}

static int exchange_fill_target(struct fob_handle *handle, const struct fob_node *node,
                                const char *text, struct fob_secret *target)
{
    int code = location_is_whole(text) ? location_fill(handle, text, target)
                                       : template_fill(handle, text, TEMPLATE_PATH, target);

    if (code == FOB_NOT_FOUND)
        return fob_fail(handle, FOB_INVALID, "%s: a field in it has no value", text);
    return code == FOB_SUCCESS ? exchange_add_query(handle, fob_node_get(node, "query"), target)
                               : code;
}

/* Append "NAME: VALUE" and a NUL to LINES, unless a field has no value. */
static int exchange_add_line(struct fob_handle *handle, const char *name,
                             const struct fob_node *node, struct fob_secret *lines)
{
    struct fob_secret *value = NULL;
    int code = fob_secret_new("", 0, &value);

    if (code == FOB_SUCCESS)
        code = header_value_fill(handle, node, value);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(lines, name, strlen(name));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(lines, ": ", 2);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(lines, fob_secret_data(value), fob_secret_size(value) + 1);
    fob_secret_free(value);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/* Make the LIST of headers that NODE and FORM describe, which points into LINES; the caller frees
 * the list, also on failure. */
static int exchange_fill_headers(struct fob_handle *handle, const struct fob_node *node,
                                 const struct exchange_form *form, struct fob_secret *lines,
                                 const char ***list)
{
    const struct fob_node *map = fob_node_get(node, "headers");
    const struct fob_node *name;
    const char **made = calloc(fob_node_count(map) + 2, sizeof *made);
    const char *at;
    int code = made != NULL ? FOB_SUCCESS : FOB_NOMEM;

    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(map, i)) != NULL; i++)
        code = exchange_add_line(handle, fob_node_text(name), fob_node_value(map, i), lines);
    if (code == FOB_SUCCESS && form != NULL && fob_secret_size(form->header) > 0)
        code = fob_secret_append(lines, fob_secret_data(form->header),
                                 fob_secret_size(form->header) + 1);
    at = fob_secret_data(lines);
    for (size_t i = 0; code == FOB_SUCCESS && at < fob_secret_data(lines) + fob_secret_size(lines);
         at += strlen(at) + 1)
        made[i++] = at;
    *list = made;
    return code;
}

static int exchange_add_form(const struct exchange_form *form, struct fob_secret *body)
{
    int code = fob_secret_size(body) > 0 ? fob_secret_append(body, "&", 1) : FOB_SUCCESS;

    return code == FOB_SUCCESS ? fob_secret_append(body, fob_secret_data(form->parameters),
                                                   fob_secret_size(form->parameters))
                               : code;
}

/* Put the body that NODE and FORM describe into REQUEST, which borrows BODY. */
static int exchange_fill_body(struct fob_handle *handle, const struct fob_node *node,
                              const struct exchange_form *form, struct fob_secret *body,
                              struct fob_http_request *request)
{
    int code = FOB_SUCCESS;

    request->content_type = body_type(node);
    if (request->content_type != NULL)
        code = body_fill(handle, node, body);
    if (code == FOB_SUCCESS && form != NULL) {
        request->content_type = "application/x-www-form-urlencoded";
        code = exchange_add_form(form, body);
    }
    if (request->content_type == NULL)
        return FOB_SUCCESS;
    request->body = fob_secret_data(body);
    request->body_size = fob_secret_size(body);
    return code;
}

static int exchange_fill(struct fob_handle *handle, const struct fob_node *node,
                         const struct exchange_form *form, struct exchange *exchange)
{
    struct fob_http_request *request = &exchange->request;
    const char *key = "post";
    const char *text = form != NULL ? form->url : fob_node_text(exchange_target(node, &key));
    int code = exchange_fill_target(handle, node, text, exchange->target);

    for (size_t i = 0; i < METHOD_MAX - 1 && key[i] != '\0'; i++)
        exchange->method[i] = (char)toupper((unsigned char)key[i]);
    if (code == FOB_SUCCESS)
        code = exchange_fill_headers(handle, node, form, exchange->lines, &exchange->headers);
    if (code == FOB_SUCCESS)
        code = exchange_fill_body(handle, node, form, exchange->body, request);
    request->method = exchange->method;
    request->path = fob_secret_data(exchange->target);
    request->headers = exchange->headers;
    return code;
}

int exchange_send_form(struct fob_handle *handle, const struct fob_node *node,
                       const struct exchange_form *form, struct fob_http **http,
                       struct fob_http_response **response)
{
    struct exchange exchange = { .request = { .size = sizeof exchange.request } };
    int code = fob_secret_new("", 0, &exchange.target);

    if (code == FOB_SUCCESS)
        code = fob_secret_new("", 0, &exchange.lines);
    if (code == FOB_SUCCESS)
        code = fob_secret_new("", 0, &exchange.body);
    if (code == FOB_SUCCESS)
        code = exchange_fill(handle, node, form, &exchange);
    if (code == FOB_SUCCESS)
        code = certificate_put(handle);
    if (code == FOB_SUCCESS)
        code = location_is_whole(exchange.request.path)
                   ? fob_http_open_at(handle, exchange.request.path, http)
                   : fob_http_open(handle, http);
    if (code == FOB_SUCCESS)
        code = fob_http_send(*http, &exchange.request, response);
    fob_secret_free(exchange.target);
    fob_secret_free(exchange.lines);
    fob_secret_free(exchange.body);
    free(exchange.headers);
    return code;
}

int exchange_send(struct fob_handle *handle, const struct fob_node *node, struct fob_http **http,
                  struct fob_http_response **response)
{
    return exchange_send_form(handle, node, NULL, http, response);
}
