/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Puts the credential on requests. */
#include "config.h"

#include "credential.h"

#include "certificate_fields.h"
#include "header_value.h"
#include "location.h"
#include "template.h"

#include <string.h>

/* A header with a field without a value is left out. */
static int credential_put_header(struct fob_handle *handle, const char *name,
                                 const struct fob_node *node)
{
    struct fob_secret *value = NULL;
    int code = fob_secret_new("", 0, &value);

    if (code == FOB_SUCCESS)
        code = header_value_fill(handle, node, value);
    if (code == FOB_SUCCESS)
        code = fob_add_header(handle, name, fob_secret_data(value), fob_secret_size(value));
    fob_secret_free(value);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

static int credential_put_base_url(struct fob_handle *handle)
{
    const char *text = fob_option_text(handle, "base_url");
    struct fob_secret *url = NULL;
    int code;

    if (text == NULL || strchr(text, '{') == NULL)
        return FOB_SUCCESS;
    code = fob_secret_new("", 0, &url);
    if (code == FOB_SUCCESS)
        code = location_fill(handle, text, url);
    if (code == FOB_SUCCESS)
        code = fob_set_base_url(handle, fob_secret_data(url));
    fob_secret_free(url);
    return code;
}

/* A parameter with a field without a value is left out. */
static int credential_put_parameter(struct fob_handle *handle, const char *name, const char *text)
{
    struct fob_secret *value = NULL;
    int code = fob_secret_new("", 0, &value);

    if (code == FOB_SUCCESS)
        code = template_fill(handle, text, TEMPLATE_HEADER, value);
    if (code == FOB_SUCCESS)
        code = fob_add_query(handle, name, fob_secret_data(value), fob_secret_size(value));
    fob_secret_free(value);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

int credential_put(struct fob_handle *handle)
{
    const struct fob_node *headers = fob_option_node(handle, "headers");
    const struct fob_node *query = fob_option_node(handle, "query");
    const struct fob_node *name;
    int code = credential_put_base_url(handle);

    if (code == FOB_SUCCESS)
        code = certificate_put(handle);
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(headers, i)) != NULL; i++)
        code = credential_put_header(handle, fob_node_text(name), fob_node_value(headers, i));
    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(query, i)) != NULL; i++)
        code = credential_put_parameter(handle, fob_node_text(name),
                                        fob_node_text(fob_node_value(query, i)));
    return code;
}
