/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the requests that options describe. */
#include "config.h"

#include "exchange.h"

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

/* Append a parameter; one with a field without a value is left out. */
static int exchange_add_parameter(struct fob_handle *handle, const char *name, const char *text,
                                  struct fob_secret *path)
{
    const bool first = strchr(fob_secret_data(path), '?') == NULL;
    struct fob_secret *value = NULL;
    int code = fob_secret_new("", 0, &value);

    if (code == FOB_SUCCESS)
        code = template_fill(handle, text, TEMPLATE_QUERY, value);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(path, first ? "?" : "&", 1);
    if (code == FOB_SUCCESS)
        code = fob_http_encode(FOB_HTTP_PERCENT, name, strlen(name), path);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(path, "=", 1);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(path, fob_secret_data(value), fob_secret_size(value));
    fob_secret_free(value);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

static int exchange_fill_path(struct fob_handle *handle, const struct fob_node *node,
                              const char *text, struct fob_secret *path)
{
    const struct fob_node *query = fob_node_get(node, "query");
    const struct fob_node *name;
    int code = template_fill(handle, text, TEMPLATE_PATH, path);

    if (code == FOB_NOT_FOUND)
        return fob_fail(handle, FOB_INVALID, "%s: a field in it has no value", text);
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(query, i)) != NULL; i++)
        code = exchange_add_parameter(handle, fob_node_text(name),
                                      fob_node_text(fob_node_value(query, i)), path);
    return code;
}

int exchange_send(struct fob_handle *handle, struct fob_http *http, const struct fob_node *node,
                  struct fob_http_response **response)
{
    struct fob_http_request request = { .size = sizeof request };
    char method[METHOD_MAX] = "";
    struct fob_secret *path = NULL;
    const char *key = NULL;
    const char *text = fob_node_text(exchange_path(node, &key));
    int code = fob_secret_new("", 0, &path);

    if (code == FOB_SUCCESS)
        code = exchange_fill_path(handle, node, text, path);
    for (size_t i = 0; key[i] != '\0' && i < METHOD_MAX - 1; i++)
        method[i] = (char)toupper((unsigned char)key[i]);
    request.method = method;
    if (code == FOB_SUCCESS) {
        request.path = fob_secret_data(path);
        code = fob_http_send(http, &request, response);
    }
    fob_secret_free(path);
    return code;
}
