/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The headers that a hook puts on requests. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The header called NAME, or a new empty one; NULL if out of memory. */
static struct plugin_header *plugin_find_or_add_header(struct fob_handle *handle, const char *name)
{
    struct plugin_header *more;
    char *copy;

    for (size_t i = 0; i < handle->header_count; i++) {
        if (strcasecmp(handle->headers[i].name, name) == 0)
            return &handle->headers[i];
    }
    copy = strdup(name);
    more =
        copy != NULL ? reallocarray(handle->headers, handle->header_count + 1, sizeof *more) : NULL;
    if (more == NULL) {
        free(copy);
        return NULL;
    }
    handle->headers = more;
    more[handle->header_count] = (struct plugin_header){ copy, NULL };
    return &more[handle->header_count++];
}

int plugin_add_header(struct fob_handle *handle, const char *name, struct span value)
{
    struct fob_secret *secret = NULL;
    struct plugin_header *header;
    int code = fob_secret_new(value.data, value.size, &secret);

    if (code != FOB_SUCCESS)
        return code;
    header = plugin_find_or_add_header(handle, name);
    if (header == NULL) {
        fob_secret_free(secret);
        return error_nomem();
    }
    fob_secret_free(header->value);
    header->value = secret;
    handle->header_added = true;
    return FOB_SUCCESS;
}

int fob_add_header(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    NEED_HANDLE(handle);
    NEED(name);
    if (size > 0)
        NEED(value);
    if (!text_is_token(name))
        return error_set(FOB_INVALID, "a header's name must be an HTTP token");
    if (text_has_control(value, size))
        return error_set(FOB_INVALID, "header %s: a control character cannot be sent", name);
    return plugin_add_header(handle, name, (struct span){ value, size });
}

int fob_header(const struct fob_handle *handle, size_t index, const char **name,
               const struct fob_secret **value)
{
    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    if (index >= handle->header_count)
        return FOB_NOT_FOUND;
    *name = handle->headers[index].name;
    *value = handle->headers[index].value;
    return FOB_SUCCESS;
}
