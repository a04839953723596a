/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Puts the credential on requests. */
#include "config.h"

#include "credential.h"

#include "template.h"

#include <fob/http.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A colon in a value before TEXT's first colon would make another pair of it (RFC 7617). */
static int credential_check_pair(struct fob_handle *handle, const char *text)
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
        value = fob_field(handle, name);
        if (value != NULL && strchr(fob_secret_data(value), ':') != NULL)
            return fob_fail(handle, FOB_INVALID, "%s cannot be sent: it has a colon", name);
    }
    return FOB_SUCCESS;
}

/* Append SCHEME, a blank, and TEXT in base64. */
static int credential_fill_base64(struct fob_handle *handle, const struct fob_node *node,
                                  struct fob_secret *value)
{
    const char *text = fob_node_text(fob_node_get(node, "base64"));
    const char *scheme = fob_node_text(fob_node_get(node, "scheme"));
    struct fob_secret *plain = NULL;
    int code = credential_check_pair(handle, text);

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

/* A header with a field without a value is left out. */
static int credential_put_header(struct fob_handle *handle, const char *name,
                                 const struct fob_node *node)
{
    const char *text = fob_node_text(node);
    struct fob_secret *value = NULL;
    int code = fob_secret_new("", 0, &value);

    if (code == FOB_SUCCESS)
        code = text != NULL ? template_fill(handle, text, TEMPLATE_HEADER, value)
                            : credential_fill_base64(handle, node, value);
    if (code == FOB_SUCCESS)
        code = fob_add_header(handle, name, fob_secret_data(value), fob_secret_size(value));
    fob_secret_free(value);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/* Whether a filled HOST could be an address, or this machine. */
static bool credential_is_local(const char *host, size_t size)
{
    const char *last = memrchr(host, '.', size);
    size_t rest;

    if (last == NULL)
        return true;
    last++;
    rest = size - (size_t)(last - host);
    return rest == 0 || (*last >= '0' && *last <= '9') ||
           (rest == strlen("localhost") && strncasecmp(last, "localhost", rest) == 0);
}

static int credential_fill_url(struct fob_handle *handle, const char *text, struct fob_secret *url)
{
    const char *scheme = strstr(text, "://");
    const size_t before = scheme != NULL ? (size_t)(scheme - text) + 3 : 0;
    const size_t size = strcspn(text + before, "/");
    char *host = strndup(text + before, size);
    bool has_field;
    int code = host != NULL ? fob_secret_append(url, text, before) : FOB_NOMEM;

    if (code == FOB_SUCCESS)
        code = template_fill(handle, host, TEMPLATE_HOST, url);
    has_field = host != NULL && strchr(host, '{') != NULL;
    free(host);
    if (code == FOB_SUCCESS && has_field &&
        credential_is_local(fob_secret_data(url) + before, fob_secret_size(url) - before))
        return fob_fail(handle, FOB_INVALID, "base_url: its host is not a name with a dot");
    if (code == FOB_SUCCESS)
        code = template_fill(handle, text + before + size, TEMPLATE_PATH, url);
    return code == FOB_NOT_FOUND
               ? fob_fail(handle, FOB_INVALID, "base_url: a field in it has no value")
               : code;
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
        code = credential_fill_url(handle, text, url);
    if (code == FOB_SUCCESS)
        code = fob_set_base_url(handle, fob_secret_data(url));
    fob_secret_free(url);
    return code;
}

int credential_put(struct fob_handle *handle)
{
    const struct fob_node *headers = fob_option_node(handle, "headers");
    const struct fob_node *name;
    int code = credential_put_base_url(handle);

    for (size_t i = 0; code == FOB_SUCCESS && (name = fob_node_key(headers, i)) != NULL; i++)
        code = credential_put_header(handle, fob_node_text(name), fob_node_value(headers, i));
    return code;
}
