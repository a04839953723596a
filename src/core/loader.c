/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Loads plugins by a checked descriptor; see loader.h for the rules. */
#include "config.h"

#include "core/loader.h"

#include "core/elf.h"
#include "core/schema.h"
#include "store/crypto.h"
#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <gcrypt.h>

#include <dlfcn.h>
#include <link.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A mapped file.  FD stays open as long as it is mapped. */
struct loaded {
    struct plugin plugin; /* what callers borrow */
    char *path;
    int fd;
    void *library;
    dev_t device;
    ino_t inode;
};

struct loader {
    struct loaded **loaded;
    size_t count;
    void *libfob;
};

int loader_new(struct loader **loader)
{
    *loader = calloc(1, sizeof **loader);
    return *loader != NULL ? FOB_SUCCESS : error_nomem();
}

static void loaded_free(struct loaded *loaded)
{
    if (loaded == NULL)
        return;
    if (loaded->library != NULL)
        dlclose(loaded->library);
    if (loaded->fd >= 0)
        close(loaded->fd);
    free(loaded->path);
    free(loaded);
}

void loader_free(struct loader *loader)
{
    if (loader == NULL)
        return;
    for (size_t i = 0; i < loader->count; i++)
        loaded_free(loader->loaded[i]);
    free(loader->loaded);
    if (loader->libfob != NULL)
        dlclose(loader->libfob);
    free(loader);
}

/* Whether the file open at FD has the SHA-256 that WANTED names in hex. */
static int check_sha256(int fd, const char *path, const char *wanted)
{
    unsigned char block[16384];
    const unsigned char *digest;
    char found[65];
    gcry_md_hd_t hash;
    ssize_t got = 0;
    int code = crypto_ready();

    if (code != FOB_SUCCESS)
        return code;
    if (gcry_md_open(&hash, GCRY_MD_SHA256, 0) != 0)
        return error_nomem();
    for (off_t at = 0; (got = pread(fd, block, sizeof block, at)) > 0; at += got)
        gcry_md_write(hash, block, (size_t)got);
    digest = gcry_md_read(hash, GCRY_MD_SHA256);
    text_hex(digest, 32, found);
    gcry_md_close(hash);
    if (got < 0)
        return error_system("%s", path);
    if (strcasecmp(found, wanted) != 0) {
        error_set(FOB_PLUGIN, "%s: its SHA-256 is %s, not the one pinned", path, found);
        error_hint("put the plugin back, or change sha256 when the new file is wanted");
        return FOB_PLUGIN;
    }
    return FOB_SUCCESS;
}

/* The members that each plugin has. */
#define FACE_MIN offsetof(struct fob_plugin, defers)

/* Look at the declaration, version and size first: nothing else may be read before they match. */
static int check_face(const struct fob_plugin *face, const char *path)
{
    int code;

    if (face->abi != FOB_PLUGIN_ABI) {
        error_set(FOB_PLUGIN, "%s: made for plugin ABI %u, this fob has %u", path,
                  (unsigned)face->abi, FOB_PLUGIN_ABI);
        error_hint("build the plugin against this version's fob/plugin.h");
        return FOB_PLUGIN;
    }
    if (face->size < FACE_MIN)
        return error_set(FOB_PLUGIN, "%s: its declaration has %u bytes, ABI %u has %zu", path,
                         (unsigned)face->size, FOB_PLUGIN_ABI, sizeof *face);
    if (face->name == NULL || !text_is_name(face->name) || face->version == NULL ||
        face->summary == NULL)
        return error_set(FOB_PLUGIN, "%s: its declaration lacks a name, version or summary", path);
    code = schema_check(face->options);
    return code == FOB_SUCCESS ? code : error_set(FOB_PLUGIN, "%s: %s", path, fob_error());
}

/* "/proc/self/fd/", two bytes for each bit of a file's identity, and a number. */
#define LIBRARY_NAME_SIZE (14 + 2 * 128 + 16)

static char *add_bits(char *at, uint64_t value)
{
    for (unsigned bit = 0; bit < 64; bit++)
        at = stpcpy(at, (value >> bit & 1) != 0 ? "./" : "/");
    return at;
}

/*
 * A name for dlopen() that is this file's alone.  dlopen() goes by names and keeps them as long as
 * anybody has the library mapped (another context, or a library that does not let itself be
 * unmapped), when N in /proc/self/fd/N may be another file's already; so the file's identity is
 * written into the name, as dots and slashes that lead nowhere.
 */
static void name_library(const struct loaded *loaded, char name[static LIBRARY_NAME_SIZE])
{
    char *at = stpcpy(name, "/proc/self/fd/");

    at = add_bits(at, loaded->device);
    at = add_bits(at, loaded->inode);
    snprintf(at, (size_t)(name + LIBRARY_NAME_SIZE - at), "%d", loaded->fd);
}

/* Whether the library itself was linked with -z now. */
static bool binds_now(void *library)
{
    const struct link_map *map;

    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0)
        return false;
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_BIND_NOW ||
            (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_BIND_NOW) != 0) ||
            (entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_NOW) != 0))
            return true;
    }
    return false;
}

/*
 * A function that a plugin lacks must keep it from loading, not end the process in the middle of a
 * hook.  RTLD_NOW sees to that, but for the forty libraries below libcurl, too, which takes longer
 * than to map them; so it is left to plugins that do not see to it themselves.
 */
static void *open_library(const char *name)
{
    void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);

    if (library == NULL || binds_now(library))
        return library;
    dlclose(library);
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/* Plugins name libfob.so.0, which the fob command has inside; it must be found also where ld.so
 * does not look, or a plugin would load only after another one that knows the way. */
static void map_libfob(struct loader *loader)
{
    if (loader->libfob != NULL)
        return;
    loader->libfob = dlopen("libfob.so.0", RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    if (loader->libfob == NULL)
        loader->libfob = dlopen(FOB_LIBDIR "/libfob.so.0", RTLD_LAZY | RTLD_LOCAL);
}

static int map_file(struct loaded *loaded)
{
    char name[LIBRARY_NAME_SIZE];
    const char *fault = elf_fault(loaded->fd);
    int code;

    if (fault != NULL)
        return error_set(FOB_PLUGIN, "%s: can not be loaded: %s", loaded->path, fault);
    name_library(loaded, name);
    loaded->library = open_library(name);
    if (loaded->library == NULL) {
        const char *why = dlerror();

        /* dlerror() begins with the descriptor's name, which tells nobody anything. */
        if (strncmp(why, name, strlen(name)) == 0 && strncmp(why + strlen(name), ": ", 2) == 0)
            why += strlen(name) + 2;
        return error_set(FOB_PLUGIN, "%s: can not be loaded: %s", loaded->path, why);
    }
    loaded->plugin.face = dlsym(loaded->library, "fob_plugin");
    if (loaded->plugin.face == NULL)
        return error_set(FOB_PLUGIN, "%s: not a fob plugin: it has no symbol fob_plugin",
                         loaded->path);
    code = check_face(loaded->plugin.face, loaded->path);
    loaded->plugin.defers =
        code == FOB_SUCCESS && loaded->plugin.face->size > FACE_MIN && loaded->plugin.face->defers;
    return code;
}

static const struct loaded *find_loaded(const struct loader *loader, const struct stat *st)
{
    for (size_t i = 0; i < loader->count; i++) {
        if (loader->loaded[i]->device == st->st_dev && loader->loaded[i]->inode == st->st_ino)
            return loader->loaded[i];
    }
    return NULL;
}

static int keep(struct loader *loader, struct loaded *loaded)
{
    struct loaded **more = reallocarray(loader->loaded, loader->count + 1, sizeof *loader->loaded);

    if (more == NULL)
        return error_nomem();
    loader->loaded = more;
    loader->loaded[loader->count++] = loaded;
    return FOB_SUCCESS;
}

/* Check and map the open file, unless it is mapped already.  Takes FD over. */
static int load_fd(struct loader *loader, int fd, const char *path, const char *sha256,
                   const struct plugin **plugin)
{
    const struct loaded *known;
    struct loaded *new = NULL;
    struct stat st;
    int code;

    if (fstat(fd, &st) < 0) {
        code = error_system("%s", path);
        goto out;
    }
    if (sha256 != NULL) {
        code = check_sha256(fd, path, sha256);
        if (code != FOB_SUCCESS)
            goto out;
    }
    known = find_loaded(loader, &st);
    if (known != NULL) {
        *plugin = &known->plugin;
        code = FOB_SUCCESS;
        goto out;
    }
    new = calloc(1, sizeof *new);
    if (new == NULL) {
        code = error_nomem();
        goto out;
    }
    new->fd = fd;
    fd = -1;
    new->device = st.st_dev;
    new->inode = st.st_ino;
    new->path = strdup(path);
    new->plugin.path = new->path;
    map_libfob(loader);
    code = new->path != NULL ? map_file(new) : error_nomem();
    if (code == FOB_SUCCESS)
        code = keep(loader, new);
    if (code == FOB_SUCCESS) {
        *plugin = &new->plugin;
        new = NULL;
    }
out:
    loaded_free(new);
    if (fd >= 0)
        close(fd);
    return code;
}

static int load_path(struct loader *loader, const char *path, const char *sha256,
                     const struct plugin **plugin)
{
    int fd = -1;
    int code = path_open_trusted(path, 0, &fd);

    return code == FOB_SUCCESS ? load_fd(loader, fd, path, sha256, plugin) : code;
}

static int not_found(const struct path_list *folders, const char *name)
{
    struct strbuf where = STRBUF_INIT;

    for (size_t i = 0; i < folders->count; i++)
        strbuf_printf(&where, "%s%s", i > 0 ? ", " : "", folders->items[i]);
    error_set(FOB_PLUGIN, "plugin %s: no %s.so in %s", name, name,
              where.data != NULL ? where.data : "any folder");
    error_hint("install it there, or name its folder under plugins: in fob.yaml");
    strbuf_free(&where);
    return FOB_PLUGIN;
}

int loader_load(struct loader *loader, const struct path_list *folders, const char *name,
                const char *sha256, const struct plugin **plugin)
{
    char file[FOB_NAME_MAX + sizeof ".so"];
    int code = FOB_NOT_FOUND;

    if (name[0] == '/') {
        code = load_path(loader, name, sha256, plugin);
    } else if (text_is_name(name)) {
        snprintf(file, sizeof file, "%s.so", name);
        for (size_t i = 0; i < folders->count && code == FOB_NOT_FOUND; i++) {
            char *path = path_join(folders->items[i], file);

            code = path != NULL ? load_path(loader, path, sha256, plugin) : error_nomem();
            free(path);
        }
        if (code == FOB_NOT_FOUND)
            return not_found(folders, name);
    } else {
        return error_set(FOB_PLUGIN, "plugin: neither a name nor an absolute path");
    }
    /* Whatever kept it from loading, to a stack it is a plugin that is not there. */
    return code == FOB_SUCCESS || code == FOB_NOMEM ? code : FOB_PLUGIN;
}
