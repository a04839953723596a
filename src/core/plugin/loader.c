/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds, checks and maps plugins, and checks their declarations. */
#include "config.h"

#include "core/plugin/loader.h"

#include "core/config/schema.h"
#include "core/plugin/libraries.h"
#include "core/plugin/pin.h"
#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct loaded {
    struct plugin plugin; /* the part that callers borrow */
    struct mapping *file;
};

struct loader {
    struct loaded **loaded;
    size_t count;
    struct libraries libraries;
    void *libfob;
};

int loader_new(struct loader **loader)
{
    *loader = calloc(1, sizeof **loader);
    return *loader != NULL ? FOB_SUCCESS : error_nomem();
}

static void loader_loaded_free(struct loaded *loaded)
{
    if (loaded == NULL)
        return;
    mapping_free(loaded->file);
    free(loaded);
}

void loader_free(struct loader *loader)
{
    if (loader == NULL)
        return;
    for (size_t i = 0; i < loader->count; i++)
        loader_loaded_free(loader->loaded[i]);
    free(loader->loaded);
    libraries_free(&loader->libraries);
    if (loader->libfob != NULL)
        dlclose(loader->libfob);
    free(loader);
}

/* The size of the members that every plugin has; and whether a plugin's declaration has a later
 * member. */
#define DECLARATION_SIZE_MIN offsetof(struct fob_plugin, check)
#define DECLARATION_HAS(declaration, member) \
    ((declaration)->size >= offsetof(struct fob_plugin, member) + sizeof((declaration)->member))

/* Check the declaration: first ABI and size, before any other member may be read. */
static int loader_check_declaration(const struct fob_plugin *declaration, const char *path)
{
    int code;

    if (declaration->abi != FOB_PLUGIN_ABI) {
        error_set(FOB_PLUGIN, "%s: made for plugin ABI %u, this fob has %u", path,
                  (unsigned)declaration->abi, FOB_PLUGIN_ABI);
        error_hint("build the plugin against this version's fob/plugin.h");
        return FOB_PLUGIN;
    }
    if (declaration->size < DECLARATION_SIZE_MIN)
        return error_set(FOB_PLUGIN, "%s: its declaration has %u bytes, ABI %u at least %zu", path,
                         (unsigned)declaration->size, FOB_PLUGIN_ABI, DECLARATION_SIZE_MIN);
    if (declaration->name == NULL || !text_is_name(declaration->name) ||
        declaration->version == NULL || declaration->summary == NULL)
        return error_set(FOB_PLUGIN, "%s: its declaration lacks a name, version or summary", path);
    code = schema_check(declaration->options);
    return code == FOB_SUCCESS ? code : error_set(FOB_PLUGIN, "%s: %s", path, fob_error());
}

/* Map libfob.so.0, which plugins need although the fob command contains libfob. ld.so may not find
 * it, and then a plugin would load only after another plugin with an RPATH. */
static void loader_map_libfob(struct loader *loader)
{
    if (loader->libfob != NULL)
        return;
    loader->libfob = dlopen("libfob.so.0", RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    if (loader->libfob == NULL)
        loader->libfob = dlopen(FOB_LIBDIR "/libfob.so.0", RTLD_LAZY | RTLD_LOCAL);
}

/* Map LOADED's file after its libraries, and check its declaration. */
static int loader_map_file(struct loader *loader, struct loaded *loaded,
                           const struct yaml_node *pins)
{
    const char *path = loaded->file->path;
    int code = libraries_find(&loader->libraries, loaded->file, pins);

    if (code == FOB_SUCCESS)
        code = libraries_map(&loader->libraries);
    if (code == FOB_SUCCESS)
        code = mapping_map(loaded->file);
    if (code != FOB_SUCCESS)
        return code;
    loaded->plugin.path = path;
    loaded->plugin.declaration = dlsym(loaded->file->handle, "fob_plugin");
    if (loaded->plugin.declaration == NULL)
        return error_set(FOB_PLUGIN, "%s: not a fob plugin: it has no symbol fob_plugin", path);
    code = loader_check_declaration(loaded->plugin.declaration, path);
    if (code == FOB_SUCCESS && DECLARATION_HAS(loaded->plugin.declaration, check))
        loaded->plugin.check = loaded->plugin.declaration->check;
    return code;
}

static struct loaded *loader_find_loaded(const struct loader *loader, const struct mapping *file)
{
    for (size_t i = 0; i < loader->count; i++) {
        const struct mapping *known = loader->loaded[i]->file;

        if (known->device == file->device && known->inode == file->inode)
            return loader->loaded[i];
    }
    return NULL;
}

static int loader_add(struct loader *loader, struct loaded *loaded)
{
    struct loaded **more = reallocarray(loader->loaded, loader->count + 1, sizeof *loader->loaded);

    if (more == NULL)
        return error_nomem();
    loader->loaded = more;
    loader->loaded[loader->count++] = loaded;
    return FOB_SUCCESS;
}

/* Map the checked FILE, and own it. */
static int loader_load_file(struct loader *loader, struct mapping *file,
                            const struct yaml_node *pins, const struct plugin **plugin)
{
    struct loaded *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL) {
        mapping_free(file);
        return error_nomem();
    }
    new->file = file;
    loader_map_libfob(loader);
    code = loader_map_file(loader, new, pins);
    if (code == FOB_SUCCESS)
        code = loader_add(loader, new);
    if (code == FOB_SUCCESS)
        *plugin = &new->plugin;
    else
        loader_loaded_free(new);
    return code;
}

/* The plugin loaded from PATH, if PATH is still the file that was checked and mapped. */
static const struct loaded *loader_find_checked(const struct loader *loader, const char *path)
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

/* Open and check the file at PATH, and map it unless it is mapped already; in either case its
 * libraries are checked against PINS. */
static int loader_load_path(struct loader *loader, const char *path, const struct yaml_node *pins,
                            const struct plugin **plugin)
{
    struct mapping *file = NULL;
    const struct loaded *known = pins == NULL ? loader_find_checked(loader, path) : NULL;
    int code;

    if (known != NULL) {
        *plugin = &known->plugin;
        return FOB_SUCCESS;
    }
    code = mapping_open(path, &file);
    if (code == FOB_SUCCESS && pins != NULL)
        code = pin_check(pins, file->fd, path);
    known = code == FOB_SUCCESS ? loader_find_loaded(loader, file) : NULL;
    if (code == FOB_SUCCESS && known == NULL)
        return loader_load_file(loader, file, pins, plugin);
    if (code == FOB_SUCCESS && pins != NULL)
        code = libraries_find(&loader->libraries, file, pins);
    if (code == FOB_SUCCESS)
        *plugin = &known->plugin;
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

int loader_load(struct loader *loader, const struct path_list *folders, const char *name,
                const struct yaml_node *pins, const struct plugin **plugin)
{
    char file[FOB_NAME_MAX + sizeof ".so"];
    int code = FOB_NOT_FOUND;

    if (name[0] == '/')
        return loader_load_path(loader, name, pins, plugin);
    if (!text_is_name(name))
        return error_set(FOB_PLUGIN, "plugin: neither a name nor an absolute path");
    snprintf(file, sizeof file, "%s.so", name);
    for (size_t i = 0; i < folders->count && code == FOB_NOT_FOUND; i++) {
        char *path = path_join(folders->items[i], file);

        code = path != NULL ? loader_load_path(loader, path, pins, plugin) : error_nomem();
        free(path);
    }
    return code == FOB_NOT_FOUND ? loader_not_found(folders, name) : code;
}
