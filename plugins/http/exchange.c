/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the requests that options describe. */
#include "config.h"

#include "exchange.h"

#include "body.h"
#include "template.h"

#include <ctype.h>
#include <string.h>

/* The longest name of a method. */
#define METHOD_MAX 8

const struct fob_node *exchange_path(const struct fob_node *node, const char **method)
{
    static const char *const methods[] = { "get", "post", "put", "patch", "delete", NULL };
    const struct fob_node *path = NULL;

    for (const char *const *at = methods; *at != NULL && path == NULL; at++) {
        path = fob_node_get(node, *at);
        *method = *at;
    }
    return path;
}

static int exchange_fill_path(struct fob_handle *handle, const struct fob_node *node,
                              const char *text, struct fob_secret *path)
{
    const struct fob_node *query = fob_node_get(node, "query");
    int code = template_fill(handle, text, TEMPLATE_PATH, path);

    if (code == FOB_NOT_FOUND)
        return fob_fail(handle, FOB_INVALID, "%s: a field in it has no value", text);
    if (code == FOB_SUCCESS && fob_node_count(query) > 0)
        code = fob_secret_append(path, strchr(text, '?') == NULL ? "?" : "&", 1);
    if (code == FOB_SUCCESS)
        code = body_add_parameters(handle, query, path);
    return code;
}

/* Put the body that NODE describes into REQUEST, which borrows BODY. */
static int exchange_fill_body(struct fob_handle *handle, const struct fob_node *node,
                              struct fob_secret *body, struct fob_http_request *request)
{
    int code;

    request->content_type = body_type(node);
    if (request->content_type == NULL)
        return FOB_SUCCESS;
    code = body_fill(handle, node, body);
    request->body = fob_secret_data(body);
    request->body_size = fob_secret_size(body);
    return code;
}

int exchange_send(struct fob_handle *handle, struct fob_http *http, const struct fob_node *node,
                  struct fob_http_response **response)
{
    struct fob_http_request request = { .size = sizeof request };
    char method[METHOD_MAX] = "";
    struct fob_secret *path = NULL;
    struct fob_secret *body = NULL;
    const char *key = "";
    const char *text = fob_node_text(exchange_path(node, &key));
    int code = fob_secret_new("", 0, &path);

    for (size_t i = 0; i < METHOD_MAX - 1 && key[i] != '\0'; i++)
        method[i] = (char)toupper((unsigned char)key[i]);
    request.method = method;
    if (code == FOB_SUCCESS)
        code = fob_secret_new("", 0, &body);
    if (code == FOB_SUCCESS)
        code = exchange_fill_path(handle, node, text, path);
    if (code == FOB_SUCCESS)
        code = exchange_fill_body(handle, node, body, &request);
    request.path = fob_secret_data(path);
    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, response);
    fob_secret_free(path);
    fob_secret_free(body);
    return code;
}
