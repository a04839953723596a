/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps the headers that an authorize hook adds to requests. */
#include "config.h"

#include "core/session/handle.h"

#include "util/error.h"

#include <stdlib.h>
#include <string.h>

/* The header called NAME, or a new empty one at the end; NULL when out of memory. */
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

int header_put(struct fob_handle *handle, const char *name, struct span value)
{
    struct fob_secret *secret = NULL;
    struct header *header;
    int code = fob_secret_new(value.data, value.size, &secret);

    if (code != FOB_SUCCESS)
        return code;
    header = header_find_or_add(handle, name);
    if (header == NULL) {
        fob_secret_free(secret);
        return error_nomem();
    }
    fob_secret_free(header->value);
    header->value = secret;
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
