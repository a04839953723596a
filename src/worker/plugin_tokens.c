/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The account's tokens for a hook, and putting tokens. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static struct plugin_token *plugin_find_token(const struct fob_handle *handle, const char *name)
{
    for (size_t i = 0; i < handle->token_count; i++) {
        if (strcmp(handle->tokens[i].name, name) == 0)
            return (struct plugin_token *)(uintptr_t)&handle->tokens[i];
    }
    return NULL;
}

int plugin_add_token(struct fob_handle *handle, const struct token *token)
{
    struct plugin_token *entry = plugin_find_token(handle, token->name);
    struct fob_secret *value = NULL;
    char *name = NULL;
    int code;

    if (entry == NULL && handle->token_count == TOKENS_MAX)
        return error_set(FOB_INVALID, "%s: more than %d tokens", handle->account, TOKENS_MAX);
    code = fob_secret_new(token->value.data, token->value.size, &value);
    if (code != FOB_SUCCESS)
        return code;
    if (entry == NULL) {
        name = strdup(token->name);
        if (name == NULL) {
            fob_secret_free(value);
            return error_nomem();
        }
        entry = &handle->tokens[handle->token_count++];
        *entry = (struct plugin_token){ .name = name };
    }
    fob_secret_free(entry->value);
    entry->value = value;
    entry->ends = token->ends;
    entry->put = true;
    return FOB_SUCCESS;
}

void plugin_put_tokens(const struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->token_count; i++) {
        const struct plugin_token *entry = &handle->tokens[i];
        const struct token token = { .name = entry->name,
                                     .value = { fob_secret_data(entry->value),
                                                fob_secret_size(entry->value) },
                                     .ends = entry->ends };

        if (entry->put)
            frame_put_token(handle->socket, &token);
    }
}

void plugin_clear_tokens(struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->token_count; i++) {
        free(handle->tokens[i].name);
        fob_secret_free(handle->tokens[i].value);
    }
    handle->token_count = 0;
}

const char *fob_token_name(const struct fob_handle *handle, size_t index)
{
    return plugin_is_here(handle) && index < handle->token_count ? handle->tokens[index].name
                                                                 : NULL;
}

const struct fob_secret *fob_token(const struct fob_handle *handle, const char *name, int64_t *ends)
{
    const struct plugin_token *token =
        plugin_is_here(handle) && name != NULL ? plugin_find_token(handle, name) : NULL;

    if (token == NULL)
        return NULL;
    if (ends != NULL)
        *ends = token->ends;
    return token->value;
}

int fob_put_token(struct fob_handle *handle, const char *name, const struct fob_secret *value,
                  int64_t ends)
{
    struct token token = { .name = name, .ends = ends };

    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    if (handle->hook != FRAME_HOOK_LINK && handle->hook != FRAME_HOOK_VALIDATE &&
        handle->hook != FRAME_HOOK_RENEW)
        return error_set(FOB_INVALID, "a token can be put only by link, validate and renew");
    if (!text_is_identifier(name))
        return error_set(FOB_INVALID, "%s: not a token's name", name);
    if (fob_field(handle, name) != NULL)
        return error_set(FOB_INVALID, "%s: a token cannot have the name of a field", name);
    if (ends < 0 || fob_secret_size(value) == 0 || fob_secret_size(value) > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "token %s: it is empty, too large, or ends before 1970",
                         name);
    token.value = (struct span){ fob_secret_data(value), fob_secret_size(value) };
    return plugin_add_token(handle, &token);
}
