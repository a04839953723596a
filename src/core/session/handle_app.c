/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the record of a provider's app, whose fields the hooks get beside those of an account. */
#include "config.h"

#include "core/session/handle.h"

#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct provider_field *handle_fields(const struct fob_handle *handle, size_t *count)
{
    const struct fob_provider *provider = handle->provider;

    *count = handle->for_app ? provider->app_field_count : provider->field_count;
    return handle->for_app ? provider->app_fields : provider->fields;
}

int handle_app_name(const char *provider, char name[static FOB_NAME_MAX + 1])
{
    if (strlen(APP_KIND ":") + strlen(provider) > FOB_NAME_MAX)
        return error_set(FOB_INVALID, "%s: the name of a provider with an app has at most %d bytes",
                         provider, FOB_NAME_MAX - (int)strlen(APP_KIND ":"));
    snprintf(name, FOB_NAME_MAX + 1, APP_KIND ":%s", provider);
    return FOB_SUCCESS;
}

int handle_callback(const struct fob_context *context, const char *provider, char **uri)
{
    const char *url = context->settings->hub.url;

    *uri = NULL;
    if (url[0] == '\0')
        return FOB_SUCCESS;
    if (asprintf(uri, "%s/callback/%s", url, provider) < 0) {
        *uri = NULL;
        return error_nomem();
    }
    return FOB_SUCCESS;
}

static int handle_fail_app(const struct fob_handle *handle, const char *what)
{
    error_set(FOB_CONFIG, "%s: %s", handle->provider_name, what);
    error_hint("\"fob app %s\" asks for what the provider calls its client, once for all accounts",
               handle->provider_name);
    return FOB_CONFIG;
}

/* Whether RECORD has the app's fields. */
static int handle_check_app(const struct fob_handle *handle, const struct record *record)
{
    const struct fob_provider *provider = handle->provider;

    for (size_t i = 0; i < provider->app_field_count; i++) {
        const struct fob_provider_field *field = &provider->app_fields[i].public;
        struct record_field found;
        char what[FOB_NAME_MAX + 48];

        if (field->optional || record_find_field(record, field->name, &found) == FOB_SUCCESS)
            continue;
        snprintf(what, sizeof what, "its app has no value for the field %s", field->name);
        return handle_fail_app(handle, what);
    }
    return FOB_SUCCESS;
}

static int handle_make_app(struct fob_handle *handle)
{
    char name[FOB_NAME_MAX + 1];
    int code = handle_app_name(handle->provider_name, name);

    if (code == FOB_SUCCESS && handle->app_read == NULL)
        code = record_new(name, &handle->app_read);
    return code;
}

static int handle_load_app(struct fob_handle *handle)
{
    char name[FOB_NAME_MAX + 1];
    struct store *store;
    int code = handle_app_name(handle->provider_name, name);

    if (code == FOB_SUCCESS)
        code = context_store(handle->context, &store);
    if (code == FOB_SUCCESS)
        code = store_read_any(store, name, &handle->app_read);
    if (code == FOB_NOT_FOUND)
        code = handle_fail_app(handle, "its app is not registered here");
    return code;
}

int handle_read_app(struct fob_handle *handle)
{
    int code = handle_provider(handle);

    if (code != FOB_SUCCESS || handle->app != NULL || handle->provider->app_field_count == 0)
        return code;
    if (handle->app_read == NULL)
        code = handle->rehearsal != NULL ? handle_make_app(handle) : handle_load_app(handle);
    if (code == FOB_SUCCESS)
        code = handle_check_app(handle, handle->app_read);
    if (code == FOB_SUCCESS)
        handle->app = handle->app_read;
    return code;
}

int handle_set_rehearsed(struct fob_handle *handle, const char *name, const char *value)
{
    const struct provider_field *field = provider_find_app_field(handle->provider, name);
    int code;

    if (field == NULL)
        return fob_set_field(handle, name, value, strlen(value));
    code = provider_check_value(handle->provider, field, value, strlen(value));
    if (code == FOB_SUCCESS)
        code = handle_make_app(handle);
    return code == FOB_SUCCESS ? record_set_field(handle->app_read, name, value, strlen(value),
                                                  field->public.secret)
                               : code;
}
