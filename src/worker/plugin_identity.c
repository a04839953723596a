/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sets the account's identity at the provider. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define IDENTITY_MAX 255

/* An id must not contain a secret: masked, the id would change with the secret. */
static int plugin_check_id(const struct fob_handle *handle, const char *id)
{
    const size_t size = strlen(id);
    char *copy;
    bool secret;

    if (size == 0 || size > IDENTITY_MAX || text_has_control(id, size) || !text_is_utf8(id, size))
        return error_set(FOB_INVALID, "the account's id at the provider is not usable");
    copy = strdup(id);
    if (copy == NULL)
        return error_nomem();
    secret = plugin_mask(handle, copy);
    free(copy);
    return secret ? error_set(FOB_INVALID, "the account's id at the provider contains a secret")
                  : FOB_SUCCESS;
}

/* NAME for people: masked before it is cut, because a part of a secret is secret, too. */
static char *plugin_make_shown_name(const struct fob_handle *handle, const char *name)
{
    char *shown = strdup(name);

    if (shown == NULL)
        return NULL;
    (void)plugin_mask(handle, shown);
    if (strlen(shown) > IDENTITY_MAX)
        shown[IDENTITY_MAX] = '\0';
    text_make_printable(shown);
    return shown;
}

int fob_set_identity(struct fob_handle *handle, const char *id, const char *name)
{
    char *shown;
    char *copy;
    int code;

    NEED_HANDLE(handle);
    NEED(id);
    NEED(name);
    code = plugin_check_id(handle, id);
    if (code != FOB_SUCCESS)
        return code;
    copy = strdup(id);
    shown = plugin_make_shown_name(handle, name);
    if (copy == NULL || shown == NULL) {
        free(copy);
        free(shown);
        return error_nomem();
    }
    free(handle->id);
    free(handle->name);
    handle->id = copy;
    handle->name = shown;
    return FOB_SUCCESS;
}
