/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists the plugins of the configured folders, for applications. */
#include "config.h"

#include "core/session/context.h"
#include "core/stack/stack.h"

#include "util/error.h"
#include "util/names.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define SUFFIX ".so"
/* The most workers that read declarations at the same time. */
#define LOADING_MAX 4

struct fob_plugin_info {
    char *name;
    char *file;
    int code;
    char *mistake; /* NULL when it is loaded, as HINT */
    char *hint;
    struct loading loading;
    const struct declaration *declaration; /* NULL when it cannot be loaded */
    struct fob_plugin_option *options;     /* of DECLARATION; NULL for none */
    size_t option_count;
};

struct fob_plugins {
    struct fob_plugin_info **items;
    size_t count;
    size_t next;
};

static void plugin_info_free(struct fob_plugin_info *info)
{
    if (info == NULL)
        return;
    loader_cancel(&info->loading);
    free(info->name);
    free(info->file);
    free(info->mistake);
    free(info->hint);
    free(info->options);
    free(info);
}

static const char *const types[] = {
    [FOB_OPTION_STRING] = "string",   [FOB_OPTION_INTEGER] = "integer",
    [FOB_OPTION_BOOLEAN] = "boolean", [FOB_OPTION_ENUM] = "enum",
    [FOB_OPTION_LIST] = "list",       [FOB_OPTION_DURATION] = "duration",
    [FOB_OPTION_SIZE] = "size",       [FOB_OPTION_PATH] = "path",
    [FOB_OPTION_URL] = "url",         [FOB_OPTION_MAPS] = "maps",
    [FOB_OPTION_TREE] = "tree",
};

/* FOUND, as applications see it. */
static struct fob_plugin_option plugin_list_describe(const struct fob_option *found)
{
    return (struct fob_plugin_option){
        .size = sizeof(struct fob_plugin_option),
        .name = found->name,
        .type = types[found->type],
        .value = found->value,
        .min = found->min,
        .max = found->max,
        .choices = found->type == FOB_OPTION_ENUM || found->type == FOB_OPTION_LIST ? found->choices
                                                                                    : NULL,
        .summary = found->summary != NULL ? found->summary : "",
        .required = found->required,
    };
}

static int plugin_list_add_options(struct fob_plugin_info *info)
{
    const struct fob_option *found = info->declaration->options;

    while (found != NULL && found[info->option_count].name != NULL)
        info->option_count++;
    info->options = calloc(info->option_count + 1, sizeof *info->options);
    if (info->options == NULL)
        return error_nomem();
    for (size_t i = 0; i < info->option_count; i++)
        info->options[i] = plugin_list_describe(&found[i]);
    return FOB_SUCCESS;
}

/* Keep the thread's error as the reason why the plugin cannot be loaded. */
static int plugin_list_note_mistake(struct fob_plugin_info *info, int code)
{
    info->code = code == FOB_NOMEM || code == FOB_SYSTEM ? code : FOB_PLUGIN;
    info->mistake = strdup(fob_error());
    info->hint = strdup(fob_error_hint());
    return info->mistake != NULL && info->hint != NULL ? FOB_SUCCESS : error_nomem();
}

/* Start to load the plugin as a stack would, by its bare name. */
static int plugin_list_begin(struct fob_context *context, struct fob_plugin_info *info)
{
    const struct loader_wish wish = { .name = info->name };
    int code = context_begin_plugin(context, &wish, &info->loading);

    return code == FOB_SUCCESS ? code : plugin_list_note_mistake(info, code);
}

static int plugin_list_finish(struct fob_context *context, struct fob_plugin_info *info)
{
    const struct loader_wish wish = { .name = info->name };
    const struct plugin *plugin;
    int code;

    if (info->mistake != NULL)
        return FOB_SUCCESS;
    code = context_finish_plugin(context, &wish, &info->loading, &plugin);
    if (code != FOB_SUCCESS)
        return plugin_list_note_mistake(info, code);
    info->declaration = &plugin->declared;
    return plugin_list_add_options(info);
}

/* Each worker takes a processor for some milliseconds: load several plugins at the same time. */
static int plugin_list_load(struct fob_context *context, struct fob_plugins *plugins)
{
    size_t begun = 0;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < plugins->count && code == FOB_SUCCESS; i++) {
        for (; begun < plugins->count && begun < i + LOADING_MAX && code == FOB_SUCCESS; begun++)
            code = plugin_list_begin(context, plugins->items[begun]);
        if (code == FOB_SUCCESS)
            code = plugin_list_finish(context, plugins->items[i]);
    }
    return code;
}

static int plugin_list_add(struct fob_plugins *plugins, struct fob_plugin_info *info)
{
    struct fob_plugin_info **more =
        reallocarray(plugins->items, plugins->count + 1, sizeof(struct fob_plugin_info *));

    if (more == NULL)
        return error_nomem();
    plugins->items = more;
    more[plugins->count++] = info;
    return FOB_SUCCESS;
}

static char *plugin_list_path(const char *folder, const char *name)
{
    struct strbuf path = STRBUF_INIT;

    strbuf_printf(&path, "%s/%s%s", folder, name, SUFFIX);
    return strbuf_detach(&path);
}

static int plugin_list_add_name(struct fob_plugins *plugins, const char *folder, const char *name)
{
    struct fob_plugin_info *info = calloc(1, sizeof *info);
    int code;

    if (info == NULL)
        return error_nomem();
    info->name = strdup(name);
    info->file = plugin_list_path(folder, name);
    code =
        info->name != NULL && info->file != NULL ? plugin_list_add(plugins, info) : error_nomem();
    if (code != FOB_SUCCESS)
        plugin_info_free(info);
    return code;
}

/* Add the plugins in FOLDER that NAMES, those of earlier folders, lacks. */
static int plugin_list_add_folder(struct fob_plugins *plugins, const char *folder,
                                  struct names *names)
{
    size_t at = names->count;
    int code = names_add_files(names, folder, SUFFIX);

    for (; at < names->count && code == FOB_SUCCESS; at++)
        code = plugin_list_add_name(plugins, folder, names->items[at]);
    return code;
}

static int plugin_list_compare(const void *a, const void *b)
{
    const struct fob_plugin_info *const *left = a;
    const struct fob_plugin_info *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

int fob_plugins_open(struct fob_context *context, struct fob_plugins **plugins)
{
    const struct path_list *folders;
    struct names names = { NULL, 0, 0 };
    struct fob_plugins *new;
    int code;

    NEED(context);
    NEED(plugins);
    folders = &context->settings->plugins;
    new = calloc(1, sizeof *new);
    code = new != NULL ? FOB_SUCCESS : error_nomem();
    for (size_t i = 0; i < folders->count && code == FOB_SUCCESS; i++)
        code = plugin_list_add_folder(new, folders->items[i], &names);
    names_free(names.items, names.count);
    if (code == FOB_SUCCESS)
        code = plugin_list_load(context, new);
    if (code != FOB_SUCCESS) {
        fob_plugins_close(new);
        return code;
    }
    if (new->count > 0)
        qsort(new->items, new->count, sizeof *new->items, plugin_list_compare);
    *plugins = new;
    return FOB_SUCCESS;
}

const struct fob_plugin_info *fob_plugins_next(struct fob_plugins *plugins)
{
    return plugins != NULL && plugins->next < plugins->count ? plugins->items[plugins->next++]
                                                             : NULL;
}

void fob_plugins_close(struct fob_plugins *plugins)
{
    if (plugins == NULL)
        return;
    for (size_t i = 0; i < plugins->count; i++)
        plugin_info_free(plugins->items[i]);
    free(plugins->items);
    free(plugins);
}

int fob_plugin_code(const struct fob_plugin_info *plugin)
{
    NEED(plugin);
    return plugin->code;
}

const char *fob_plugin_text(const struct fob_plugin_info *plugin, enum fob_plugin_text which)
{
    const char *text = NULL;

    if (plugin == NULL)
        return "";
    switch (which) {
    case FOB_PLUGIN_NAME:
        text = plugin->name;
        break;
    case FOB_PLUGIN_VERSION:
        text = plugin->declaration != NULL ? plugin->declaration->version : NULL;
        break;
    case FOB_PLUGIN_SUMMARY:
        text = plugin->declaration != NULL ? plugin->declaration->summary : NULL;
        break;
    case FOB_PLUGIN_FILE:
        text = plugin->file;
        break;
    case FOB_PLUGIN_MISTAKE:
        text = plugin->mistake;
        break;
    case FOB_PLUGIN_HINT:
        text = plugin->hint;
        break;
    case FOB_PLUGIN_TEXT_COUNT:
        break;
    }
    return text != NULL ? text : "";
}

const char *fob_plugin_hook(const struct fob_plugin_info *plugin, size_t index)
{
    for (int hook = 0; plugin != NULL && plugin->declaration != NULL && hook < HOOK_COUNT; hook++) {
        if (declared_has_hook(plugin->declaration, (unsigned)hook) && index-- == 0)
            return hook_name((enum hook)hook);
    }
    return NULL;
}

const struct fob_plugin_option *fob_plugin_option(const struct fob_plugin_info *plugin,
                                                  size_t index)
{
    return plugin != NULL && index < plugin->option_count ? &plugin->options[index] : NULL;
}
