/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Resolves the options of a stack's entry, and lets its plugin check them. */
#include "config.h"

#include "core/hook/entry.h"

#include "core/plugin/ambient.h"
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYERS 3

struct entry_judgment {
    const struct stack_entry *entry;
    struct mistakes mistakes;
};

/* The layers of options: the entry's, the provider's, and http: of fob.yaml. */
static void entry_layers(const struct fob_handle *handle, const struct stack_entry *entry,
                         struct option_layer layers[static LAYERS])
{
    const struct fob_provider *provider = handle->provider;
    const struct settings *settings = handle->context->settings;

    layers[0] = (struct option_layer){ entry->file, entry->options, false };
    layers[1] = (struct option_layer){ provider->file, provider->options, true };
    layers[2] = (struct option_layer){ settings->file, settings->http, true };
}

int entry_resolve(const struct fob_handle *handle, const struct stack_entry *entry,
                  struct bound_entry *bound)
{
    struct option_layer layers[LAYERS];

    entry_layers(handle, entry, layers);
    return schema_resolve(bound->plugin->declaration->options, layers, LAYERS, entry->node,
                          &bound->options);
}

struct place entry_place(const struct fob_handle *handle, const struct stack_entry *entry,
                         const char *name)
{
    struct option_layer layers[LAYERS];

    entry_layers(handle, entry, layers);
    for (size_t i = 0; name != NULL && i < LAYERS; i++) {
        const struct yaml_node *node = yaml_get(layers[i].map, name);

        if (node != NULL)
            return (struct place){ layers[i].file->name, node->line, node->column };
    }
    return (struct place){ entry->file->name, entry->node->line, entry->node->column };
}

void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
{
    struct entry_judgment *judgment = handle != NULL ? handle->judgment : NULL;
    struct place place;
    char text[1024];
    va_list args;

    if (judgment == NULL || format == NULL)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    place = entry_place(handle, judgment->entry, option);
    mistakes_add(&judgment->mistakes, &place, "%s%s%s", option != NULL ? option : "",
                 option != NULL ? ": " : "", text);
}

/* Make a handle that has only the provider and the options. */
static struct fob_handle *entry_handle(const struct fob_handle *model,
                                       const struct bound_entry *bound,
                                       struct entry_judgment *judgment)
{
    struct fob_handle *handle = NULL;

    if (handle_new(model->context, "", NULL, &handle) != FOB_SUCCESS)
        return NULL;
    handle_share(handle, model);
    memcpy(handle->provider_name, model->provider->name, strlen(model->provider->name) + 1);
    handle->plugin = bound->plugin;
    handle->options = &bound->options;
    handle->judgment = judgment;
    return handle;
}

int entry_check(const struct fob_handle *handle, const struct stack_entry *entry,
                const struct bound_entry *bound)
{
    struct entry_judgment judgment = { .entry = entry };
    struct ambient ambient;
    struct fob_handle *asked;
    int code = FOB_SUCCESS;

    if (bound->plugin->check == NULL)
        return FOB_SUCCESS;
    asked = entry_handle(handle, bound, &judgment);
    if (asked == NULL)
        return error_nomem();
    ambient_note(&ambient, handle->multithreaded);
    bound->plugin->check(asked);
    ambient_restore(&ambient);
    ambient_free(&ambient);
    asked->plugin = NULL;
    fob_end(asked);
    if (judgment.mistakes.failed)
        code = error_nomem();
    else if (judgment.mistakes.count > 0) {
        code = error_set_lines(FOB_CONFIG, judgment.mistakes.lines, judgment.mistakes.count);
        error_hint("\"fob plugins %s\" shows what each option takes",
                   bound->plugin->declaration->name);
    }
    mistakes_free(&judgment.mistakes);
    return code;
}
