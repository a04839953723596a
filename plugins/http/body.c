/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes bodies. */
#include "config.h"

#include "body.h"

#include "template.h"
#include "util/text.h"

#include <fob/http.h>

#include <stdio.h>
#include <string.h>

static int body_add_text(struct fob_secret *to, const char *text)
{
    return fob_secret_append(to, text, strlen(text));
}

static int body_add_parameter(struct fob_handle *handle, const char *name, const char *text,
                              struct fob_secret *to)
{
    const size_t size = fob_secret_size(to);
    const bool first = size == 0 || strchr("?&", fob_secret_data(to)[size - 1]) != NULL;
    struct fob_secret *value = NULL;
    int code = fob_secret_new("", 0, &value);

    if (code == FOB_SUCCESS)
        code = template_fill(handle, text, TEMPLATE_QUERY, value);
    if (code == FOB_SUCCESS && !first)
        code = body_add_text(to, "&");
    if (code == FOB_SUCCESS)
        code = fob_http_encode(FOB_HTTP_PERCENT, name, strlen(name), to);
    if (code == FOB_SUCCESS)
        code = body_add_text(to, "=");
    if (code == FOB_SUCCESS)
        code = fob_secret_append(to, fob_secret_data(value), fob_secret_size(value));
    fob_secret_free(value);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

int body_add_parameters(struct fob_handle *handle, const struct fob_node *map,
                        struct fob_secret *to)
{
    const struct fob_node *name;
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(map, i)) != NULL; i++)
        code = body_add_parameter(handle, fob_node_text(name),
                                  fob_node_text(fob_node_value(map, i)), to);
    return code;
}

/* Append a character of a JSON string. */
static int body_add_character(struct fob_secret *to, char c)
{
    char escape[8] = { '\\', c, '\0' };

    if ((unsigned char)c < ' ')
        (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)c);
    else if (c != '"' && c != '\\')
        return fob_secret_append(to, &c, 1);
    return body_add_text(to, escape);
}

static int body_add_string(struct fob_handle *handle, const char *data, size_t size,
                           struct fob_secret *to)
{
    int code = body_add_text(to, "\"");

    if (!text_is_utf8(data, size))
        return fob_fail(handle, FOB_INVALID, "a field cannot be sent: it is not UTF-8");
    for (size_t i = 0; i < size && code == FOB_SUCCESS; i++)
        code = body_add_character(to, data[i]);
    return code == FOB_SUCCESS ? body_add_text(to, "\"") : code;
}

/* Append the text of NODE, with its fields, as a JSON string. */
static int body_add_template(struct fob_handle *handle, const char *template, struct fob_secret *to)
{
    struct fob_secret *text = NULL;
    int code = fob_secret_new("", 0, &text);

    if (code == FOB_SUCCESS)
        code = template_fill(handle, template, TEMPLATE_TEXT, text);
    if (code == FOB_SUCCESS)
        code = body_add_string(handle, fob_secret_data(text), fob_secret_size(text), to);
    fob_secret_free(text);
    return code;
}

static int body_add_name(struct fob_handle *handle, const char *name, struct fob_secret *to)
{
    int code = body_add_string(handle, name, strlen(name), to);

    return code == FOB_SUCCESS ? body_add_text(to, ":") : code;
}

/* Whether each field that NODE's text names has a value. */
static bool body_has_value(const struct fob_handle *handle, const struct fob_node *node)
{
    const char *text = fob_node_kind(node) == FOB_NODE_TEXT ? fob_node_text(node) : "";
    struct template_piece piece;

    while (template_next(&text, &piece)) {
        char name[FOB_NAME_MAX + 1];

        if (!piece.is_field)
            continue;
        template_name(&piece, name);
        if (fob_secret_size(template_value(handle, name)) == 0)
            return false;
    }
    return true;
}

static int body_add_value(struct fob_handle *handle, const struct fob_node *node,
                          struct fob_secret *to);

/* Append the items of a list, or the members of a map; those without a value are left out. */
static int body_add_items(struct fob_handle *handle, const struct fob_node *node,
                          struct fob_secret *to)
{
    const bool map = fob_node_kind(node) == FOB_NODE_MAP;
    const struct fob_node *value;
    bool first = true;
    int code = body_add_text(to, map ? "{" : "[");

    for (size_t i = 0; code == FOB_SUCCESS && (value = fob_node_value(node, i)) != NULL; i++) {
        if (!body_has_value(handle, value))
            continue;
        if (!first)
            code = body_add_text(to, ",");
        first = false;
        if (code == FOB_SUCCESS && map)
            code = body_add_name(handle, fob_node_text(fob_node_key(node, i)), to);
        if (code == FOB_SUCCESS)
            code = body_add_value(handle, value, to);
    }
    return code == FOB_SUCCESS ? body_add_text(to, map ? "}" : "]") : code;
}

/* Append NODE as JSON; it is nested as little as the file. */
static int body_add_value(struct fob_handle *handle, const struct fob_node *node,
                          struct fob_secret *to)
{
    switch (fob_node_kind(node)) {
    case FOB_NODE_TEXT:
        return body_add_template(handle, fob_node_text(node), to);
    case FOB_NODE_LIST:
    case FOB_NODE_MAP:
        return body_add_items(handle, node, to);
    default:
        return body_add_text(to, fob_node_text(node));
    }
}

const char *body_type(const struct fob_node *node)
{
    if (fob_node_get(node, "form") != NULL)
        return "application/x-www-form-urlencoded";
    return fob_node_get(node, "body") != NULL ? "application/json" : NULL;
}

int body_fill(struct fob_handle *handle, const struct fob_node *node, struct fob_secret *to)
{
    const struct fob_node *form = fob_node_get(node, "form");

    return form != NULL ? body_add_parameters(handle, form, to)
                        : body_add_items(handle, fob_node_get(node, "body"), to);
}
