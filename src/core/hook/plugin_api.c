/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The functions that libfob-http calls for an application's requests after fob_authorize(). */
#include "config.h"

#include "core/session/handle.h"

#include "util/error.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_MAX 4096

/* Getters return nothing for NULL, and in a child of the handle's process. */
static bool plugin_api_is_here(const struct fob_handle *handle)
{
    return handle != NULL && !handle_is_lost(handle);
}

const char *fob_provider_name(const struct fob_handle *handle)
{
    return plugin_api_is_here(handle) ? handle->provider_name : "";
}

static const struct option_value *plugin_api_find_option(const struct fob_handle *handle,
                                                         const char *name)
{
    const struct option_value *value =
        plugin_api_is_here(handle) && name != NULL && handle->options != NULL
            ? schema_find(handle->options, name)
            : NULL;

    return value != NULL && value->set ? value : NULL;
}

const char *fob_option_text(const struct fob_handle *handle, const char *name)
{
    const struct option_value *value = plugin_api_find_option(handle, name);

    if (value == NULL)
        return NULL;
    switch (value->option->type) {
    case FOB_OPTION_STRING:
    case FOB_OPTION_ENUM:
    case FOB_OPTION_PATH:
    case FOB_OPTION_URL:
    case FOB_OPTION_LIST:
        return value->text;
    default:
        return NULL;
    }
}

int64_t fob_option_number(const struct fob_handle *handle, const char *name)
{
    const struct option_value *value = plugin_api_find_option(handle, name);

    return value != NULL && value->option->type != FOB_OPTION_BOOLEAN ? value->number : 0;
}

const char *fob_option_member(const struct fob_handle *handle, const char *name, size_t index,
                              const char *key)
{
    const struct option_value *value = plugin_api_find_option(handle, name);
    const struct yaml_node *member = NULL;

    if (value != NULL && key != NULL && value->option->type == FOB_OPTION_MAPS &&
        index < value->list->count)
        member = yaml_get(value->list->values[index], key);
    return member != NULL ? member->text : NULL;
}

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    (void)handle;
    NEED(format);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(code, "%s", text);
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    (void)handle;
    if (format == NULL)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_hint("%s", text);
}

void fob_log(struct fob_handle *handle, enum fob_log_level level, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    if (!plugin_api_is_here(handle) || format == NULL || (unsigned)level > FOB_LOG_TRACE ||
        !context_logs(handle->context, level))
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_make_printable(text);
    context_log(handle->context, level, handle->provider_name, "%s", text);
}
