/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The headers that a hook puts on requests. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/text.h"

int plugin_add_header(struct fob_handle *handle, const char *name, struct span value)
{
    int code = header_list_put(&handle->headers, name, value);

    handle->header_added |= code == FOB_SUCCESS;
    return code;
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
    return header_list_get(&handle->headers, index, name, value);
}
