/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps the headers that an authorize hook adds to requests. */
#include "config.h"

#include "core/session/handle.h"

#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* Whether NAME is a token (RFC 9110, section 5.1). */
static bool header_is_token(const char *name)
{
    static const char characters[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return name[0] != '\0' && strspn(name, characters) == strlen(name);
}

/* Find the header NAME, or append an empty one; NULL when out of memory. */
static struct header *header_find_or_add(struct fob_handle *handle, const char *name)
{
    struct header *more;
    char *copy;

    for (size_t i = 0; i < handle->header_count; i++) {
        if (strcasecmp(handle->headers[i].name, name) == 0)
            return &handle->headers[i];
    }
    copy = strdup(name);
    if (copy == NULL)
        return NULL;
    more = reallocarray(handle->headers, handle->header_count + 1, sizeof *more);
    if (more == NULL) {
        free(copy);
        return NULL;
    }
    handle->headers = more;
    more[handle->header_count] = (struct header){ copy, NULL };
    return &more[handle->header_count++];
}

int fob_add_header(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    struct fob_secret *secret = NULL;
    struct header *header;
    int code;

    NEED_HANDLE(handle);
    NEED(name);
    if (size > 0)
        NEED(value);
    if (!header_is_token(name))
        return error_set(FOB_INVALID, "a header's name must be an HTTP token");
    if (text_has_control(value, size))
        return error_set(FOB_INVALID, "header %s: a control character cannot be sent", name);
    code = fob_secret_new(value, size, &secret);
    if (code != FOB_SUCCESS)
        return code;
    header = header_find_or_add(handle, name);
    if (header == NULL) {
        fob_secret_free(secret);
        return error_nomem();
    }
    fob_secret_free(header->value);
    header->value = secret;
    handle->header_options = handle->options;
    return FOB_SUCCESS;
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
