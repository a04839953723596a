/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds and checks plugins, and reads their declarations in a worker. */
#include "config.h"

#include "core/plugin/loader.h"

#include "core/plugin/libraries.h"
#include "core/plugin/pin.h"
#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct loader {
    const struct settings *settings;
    plugin_print_fn *print;
    void *data;
    struct plugin **loaded;
    size_t count;
};

int loader_new(const struct settings *settings, plugin_print_fn *print, void *data,
               struct loader **loader)
{
    struct loader *new = calloc(1, sizeof *new);

    if (new == NULL)
        return error_nomem();
    *new = (struct loader){ .settings = settings, .print = print, .data = data };
    *loader = new;
    return FOB_SUCCESS;
}

static void loader_free_plugin(struct plugin *plugin)
{
    if (plugin == NULL)
        return;
    declared_clear(&plugin->declared);
    libraries_free(&plugin->libraries);
    mapping_free(plugin->file);
    free(plugin);
}

void loader_free(struct loader *loader)
{
    if (loader == NULL)
        return;
    for (size_t i = 0; i < loader->count; i++)
        loader_free_plugin(loader->loaded[i]);
    free(loader->loaded);
    free(loader);
}

static int loader_grant(const struct mapping *file, const struct loader_wish *wish,
                        enum fob_needs *profile)
{
    if (file->elf.needs > FOB_NEEDS_EXEC)
        return error_set(FOB_PLUGIN, "%s: needs a profile that this fob does not know", file->path);
    return grant_find(&wish->sandbox, file->path, (enum fob_needs)file->elf.needs,
                      file->elf.has_needs, profile);
}

struct worker_plan loader_plan(const struct loader *loader, const struct plugin *plugin,
                               const struct loader_wish *wish)
{
    struct worker_plan plan = {
        .settings = loader->settings,
        .file = plugin->file,
        .libraries = &plugin->libraries,
        .profile = FOB_NEEDS_PURE,
        .reachable = wish->reachable,
        .port = wish->port,
        .print = loader->print,
        .data = loader->data,
        .is_over = wish->is_over,
        .handle = wish->handle,
    };

    (void)loader_grant(plugin->file, wish, &plan.profile); /* succeeded before */
    return plan;
}

static struct plugin *loader_find_loaded(const struct loader *loader, const struct mapping *file)
{
    for (size_t i = 0; i < loader->count; i++) {
        const struct mapping *known = loader->loaded[i]->file;

        if (known->device == file->device && known->inode == file->inode)
            return loader->loaded[i];
    }
    return NULL;
}

static int loader_add(struct loader *loader, struct plugin *plugin)
{
    struct plugin **more = reallocarray(loader->loaded, loader->count + 1, sizeof *loader->loaded);

    if (more == NULL)
        return error_nomem();
    loader->loaded = more;
    loader->loaded[loader->count++] = plugin;
    return FOB_SUCCESS;
}

void loader_cancel(struct loading *loading)
{
    if (loading->worker != NULL)
        loader_free_plugin(loading->plugin);
    plugin_worker_end(loading->worker);
    *loading = (struct loading){ NULL, NULL };
}

/* Start to load FILE, which is checked.  Owns FILE, even on failure. */
static int loader_begin_file(const struct loader *loader, struct mapping *file,
                             const struct loader_wish *wish, struct loading *loading)
{
    struct plugin *new = calloc(1, sizeof *new);
    struct plugin_worker *worker = NULL;
    struct worker_plan plan;
    int code;

    if (new == NULL) {
        mapping_free(file);
        return error_nomem();
    }
    new->file = file;
    plan = loader_plan(loader, new, wish);
    /* The process starts while the libraries are checked. */
    code = plugin_worker_begin(&plan, &worker);
    if (code == FOB_SUCCESS)
        code = libraries_find(&new->libraries, file, wish->pins);
    if (code == FOB_SUCCESS)
        code = plugin_worker_send(worker, &plan);
    if (code == FOB_SUCCESS) {
        *loading = (struct loading){ new, worker };
        return FOB_SUCCESS;
    }
    plugin_worker_end(worker);
    loader_free_plugin(new);
    return code;
}

/* The loaded plugin of PATH, if PATH still is the file that was checked. */
static struct plugin *loader_find_checked(const struct loader *loader, const char *path)
{
    struct stat st;

    for (size_t i = 0; i < loader->count; i++) {
        const struct mapping *known = loader->loaded[i]->file;

        if (strcmp(known->path, path) == 0 && stat(path, &st) == 0 && known->device == st.st_dev &&
            known->inode == st.st_ino)
            return loader->loaded[i];
    }
    return NULL;
}

/* Check the libraries of a plugin that is loaded already: these pins may differ from earlier ones.
 */
static int loader_check_pins(struct mapping *file, const struct yaml_node *pins)
{
    struct libraries libraries = { NULL, 0 };
    int code = pins != NULL ? libraries_find(&libraries, file, pins) : FOB_SUCCESS;

    libraries_free(&libraries);
    return code;
}

/* Open and check the file at PATH, and start to load it unless it is loaded already. */
static int loader_begin_path(const struct loader *loader, const char *path,
                             const struct loader_wish *wish, struct loading *loading)
{
    struct mapping *file = NULL;
    struct plugin *known = wish->pins == NULL ? loader_find_checked(loader, path) : NULL;
    enum fob_needs profile;
    int code;

    if (known != NULL) {
        loading->plugin = known;
        return loader_grant(known->file, wish, &profile);
    }
    code = mapping_open(path, &file);
    if (code == FOB_SUCCESS)
        code = loader_grant(file, wish, &profile);
    if (code == FOB_SUCCESS && wish->pins != NULL)
        code = pin_check(wish->pins, file->fd, path);
    known = code == FOB_SUCCESS ? loader_find_loaded(loader, file) : NULL;
    if (code == FOB_SUCCESS && known == NULL)
        return loader_begin_file(loader, file, wish, loading);
    if (code == FOB_SUCCESS)
        code = loader_check_pins(file, wish->pins);
    loading->plugin = known;
    mapping_free(file);
    return code;
}

static int loader_not_found(const struct path_list *folders, const char *name)
{
    struct strbuf where = STRBUF_INIT;

    for (size_t i = 0; i < folders->count; i++)
        strbuf_printf(&where, "%s%s", i > 0 ? ", " : "", folders->items[i]);
    error_set(FOB_NOT_FOUND, "plugin %s: no %s.so in %s", name, name,
              where.data != NULL ? where.data : "any folder");
    error_hint("install it there, or name its folder under plugins: in fob.yaml");
    strbuf_free(&where);
    return FOB_NOT_FOUND;
}

int loader_begin(const struct loader *loader, const struct loader_wish *wish,
                 struct loading *loading)
{
    const struct path_list *folders = &loader->settings->plugins;
    char file[FOB_NAME_MAX + sizeof ".so"];
    int code = FOB_NOT_FOUND;

    *loading = (struct loading){ NULL, NULL };
    if (wish->name[0] == '/')
        return loader_begin_path(loader, wish->name, wish, loading);
    if (!text_is_name(wish->name))
        return error_set(FOB_PLUGIN, "plugin: neither a name nor an absolute path");
    snprintf(file, sizeof file, "%s.so", wish->name);
    for (size_t i = 0; i < folders->count && code == FOB_NOT_FOUND; i++) {
        char *path = path_join(folders->items[i], file);

        code = path != NULL ? loader_begin_path(loader, path, wish, loading) : error_nomem();
        free(path);
    }
    return code == FOB_NOT_FOUND ? loader_not_found(folders, wish->name) : code;
}

int loader_finish(struct loader *loader, const struct loader_wish *wish, struct loading *loading,
                  const struct plugin **plugin, struct plugin_worker **worker)
{
    struct plugin *new = loading->plugin;
    struct worker_plan plan;
    struct span declaration;
    int code = FOB_SUCCESS;

    if (loading->worker != NULL) {
        plan = loader_plan(loader, new, wish);
        code = plugin_worker_finish(&plan, loading->worker, &declaration);
        if (code == FOB_SUCCESS)
            code = declared_take(declaration, new->file->path, &new->declared);
        if (code == FOB_SUCCESS)
            code = loader_add(loader, new);
    }
    if (code != FOB_SUCCESS) {
        loader_cancel(loading);
        return code;
    }
    *plugin = new;
    *worker = loading->worker;
    *loading = (struct loading){ NULL, NULL };
    return FOB_SUCCESS;
}

int loader_load(struct loader *loader, const struct loader_wish *wish, const struct plugin **plugin,
                struct plugin_worker **worker)
{
    struct loading loading;
    int code = loader_begin(loader, wish, &loading);

    return code == FOB_SUCCESS ? loader_finish(loader, wish, &loading, plugin, worker) : code;
}
