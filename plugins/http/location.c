/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fills URLs. */
#include "config.h"

#include "location.h"

#include "template.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool location_is_whole(const char *text)
{
    return text[0] != '/';
}

/* Whether a filled HOST could be an address, or this machine. */
static bool location_is_local(const char *host, size_t size)
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

int location_fill(struct fob_handle *handle, const char *text, struct fob_secret *to)
{
    const char *scheme = strstr(text, "://");
    const size_t before = scheme != NULL ? (size_t)(scheme - text) + 3 : 0;
    const size_t size = strcspn(text + before, "/?");
    char *host = strndup(text + before, size);
    bool has_field;
    int code = host != NULL ? fob_secret_append(to, text, before) : FOB_NOMEM;

    if (code == FOB_SUCCESS)
        code = template_fill(handle, host, TEMPLATE_HOST, to);
    has_field = host != NULL && strchr(host, '{') != NULL;
    free(host);
    if (code == FOB_SUCCESS && has_field &&
        location_is_local(fob_secret_data(to) + before, fob_secret_size(to) - before))
        return fob_fail(handle, FOB_INVALID, "%s: its host is not a name with a dot", text);
    if (code == FOB_SUCCESS)
        code = template_fill(handle, text + before + size, TEMPLATE_PATH, to);
    return code == FOB_NOT_FOUND
               ? fob_fail(handle, FOB_INVALID, "%s: a field in it has no value", text)
               : code;
}
