/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Resolves the options of a stack's entry, and lets its plugin check them. */
#include "config.h"

#include "core/hook/entry.h"

#include "core/hook/hook_call.h"
#include "util/error.h"
#include "util/yaml_items.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LAYERS 3

struct entry_judgment {
    const struct fob_handle *handle;
    const struct stack_entry *entry;
    struct mistakes mistakes;
    struct mistakes *warnings;
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
    return schema_resolve(bound->plugin->declared.options, layers, LAYERS, entry->node,
                          &bound->options);
}

struct place entry_place(const struct fob_handle *handle, const struct stack_entry *entry,
                         const char *name, uint32_t node)
{
    struct option_layer layers[LAYERS];

    entry_layers(handle, entry, layers);
    for (size_t i = 0; name != NULL && i < LAYERS; i++) {
        const struct yaml_node *value = yaml_get(layers[i].map, name);
        const struct yaml_node *part = value != NULL ? yaml_items_find(value, node) : NULL;

        part = part != NULL ? part : value;
        if (part != NULL)
            return (struct place){ layers[i].file->name, part->line, part->column };
    }
    return (struct place){ entry->file->name, entry->node->line, entry->node->column };
}

struct entry_texts {
    char **items; /* ends with NULL */
    size_t count;
};

static int entry_add_text(struct entry_texts *texts, const char *text)
{
    char **more = reallocarray(texts->items, texts->count + 2, sizeof *more);

    if (more == NULL)
        return error_nomem();
    texts->items = more;
    more[texts->count] = strdup(text);
    more[texts->count + 1] = NULL;
    return more[texts->count++] != NULL ? FOB_SUCCESS : error_nomem();
}

/* Add the URLs among NODE's texts, and the paths unless it is IN_MAP. */
static int entry_add_reachable(const struct yaml_node *node, bool in_map, struct entry_texts *texts)
{
    int code = FOB_SUCCESS;

    if (node->kind == YAML_TEXT)
        return (node->text[0] == '/' && !in_map) || strncasecmp(node->text, "http", 4) == 0
                   ? entry_add_text(texts, node->text)
                   : FOB_SUCCESS;
    for (size_t i = 0; i < node->count && code == FOB_SUCCESS; i++)
        code = entry_add_reachable(node->values[i], in_map || node->kind == YAML_MAP, texts);
    return code;
}

int entry_reachable(const struct fob_handle *handle, const struct stack_entry *entry, char ***texts)
{
    struct option_layer layers[LAYERS];
    struct entry_texts found = { NULL, 0 };
    int code = FOB_SUCCESS;

    entry_layers(handle, entry, layers);
    for (size_t i = 0; i < LAYERS && code == FOB_SUCCESS; i++) {
        const struct yaml_node *map = layers[i].map;

        for (size_t at = 0; map != NULL && at < map->count && code == FOB_SUCCESS; at++)
            code = entry_add_reachable(map->values[at], false, &found);
    }
    *texts = found.items;
    return code;
}

/* A handle with only the provider's name and the options. */
static struct fob_handle *entry_handle(const struct fob_handle *model)
{
    struct fob_handle *handle = NULL;

    if (handle_new(model->context, "", NULL, &handle) != FOB_SUCCESS)
        return NULL;
    handle_share(handle, model);
    handle->end = model->end;
    handle->on_poll = model->on_poll;
    handle->poll_data = model->poll_data;
    memcpy(handle->provider_name, model->provider->name, strlen(model->provider->name) + 1);
    return handle;
}

/* The position of a field in the provider's file; the entry's if there is no such field. */
static struct place entry_field_place(const struct entry_judgment *judgment, const char *name)
{
    const struct yaml_file *file = judgment->handle->provider->file;
    const struct yaml_node *fields = yaml_get(file->root, "fields");

    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        const struct yaml_node *node = yaml_get(fields->values[i], "name");

        if (node != NULL && node->kind == YAML_TEXT && strcmp(node->text, name) == 0)
            return (struct place){ file->name, node->line, node->column };
    }
    return entry_place(judgment->handle, judgment->entry, NULL, 0);
}

static void entry_note_mistake(const struct hook_mistake *mistake, void *data)
{
    struct entry_judgment *judgment = data;
    const char *option = mistake->option;
    const struct place place =
        mistake->field != NULL
            ? entry_field_place(judgment, mistake->field)
            : entry_place(judgment->handle, judgment->entry, option, mistake->node);

    mistakes_add(mistake->warning ? judgment->warnings : &judgment->mistakes, &place, "%s%s%s%s",
                 mistake->warning ? "warning: " : "", option != NULL ? option : "",
                 option != NULL ? ": " : "", mistake->text);
}

int entry_check(struct fob_handle *handle, const struct stack_entry *entry,
                struct bound_entry *bound)
{
    struct entry_judgment judgment = { .handle = handle,
                                       .entry = entry,
                                       .warnings = &bound->warnings };
    const struct hook_judge judge = { entry_note_mistake, &judgment };
    struct fob_handle *asked;
    int code;

    if (!declared_has_hook(&bound->plugin->declared, FRAME_HOOK_CHECK))
        return FOB_SUCCESS;
    asked = entry_handle(handle);
    if (asked == NULL)
        return error_nomem();
    code = hook_check(asked, bound, &judge);
    fob_end(asked);
    if (judgment.mistakes.failed || judgment.warnings->failed)
        code = error_nomem();
    else if (code == FOB_SUCCESS && judgment.mistakes.count > 0) {
        code = error_set_lines(FOB_CONFIG, judgment.mistakes.lines, judgment.mistakes.count);
        error_hint("\"fob plugins %s\" shows what each option takes", bound->plugin->declared.name);
    }
    mistakes_free(&judgment.mistakes);
    return code;
}
