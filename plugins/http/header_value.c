/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fills the values of headers. */
#include "config.h"

#include "header_value.h"

#include "template.h"

#include <fob/http.h>

#include <string.h>

/* A colon in a value before TEXT's first colon would make another pair of it (RFC 7617). */
static int header_check_pair(struct fob_handle *handle, const char *text)
{
    struct template_piece piece;

    while (template_next(&text, &piece)) {
        char name[FOB_NAME_MAX + 1];
        const struct fob_secret *value;

        if (!piece.is_field && memchr(piece.text, ':', piece.size) != NULL)
            return FOB_SUCCESS;
        if (!piece.is_field || strchr(text, ':') == NULL)
            continue;
        template_name(&piece, name);
        value = template_value(handle, name);
        if (value != NULL && strchr(fob_secret_data(value), ':') != NULL)
            return fob_fail(handle, FOB_INVALID, "%s cannot be sent: it has a colon", name);
    }
    return FOB_SUCCESS;
}

/* Append SCHEME, a blank, and TEXT in base64. */
static int header_fill_base64(struct fob_handle *handle, const struct fob_node *node,
                              struct fob_secret *value)
{
    const char *text = fob_node_text(fob_node_get(node, "base64"));
    const char *scheme = fob_node_text(fob_node_get(node, "scheme"));
    struct fob_secret *plain = NULL;
    int code = header_check_pair(handle, text);

    scheme = scheme != NULL ? scheme : "Basic";
    if (code == FOB_SUCCESS)
        code = fob_secret_new("", 0, &plain);
    if (code == FOB_SUCCESS)
        code = template_fill(handle, text, TEMPLATE_HEADER, plain);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(value, scheme, strlen(scheme));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(value, " ", 1);
    if (code == FOB_SUCCESS)
        code =
            fob_http_encode(FOB_HTTP_BASE64, fob_secret_data(plain), fob_secret_size(plain), value);
    fob_secret_free(plain);
    return code;
}

int header_value_fill(struct fob_handle *handle, const struct fob_node *node, struct fob_secret *to)
{
    const char *text = fob_node_text(node);

    return text != NULL ? template_fill(handle, text, TEMPLATE_HEADER, to)
                        : header_fill_base64(handle, node, to);
}
