/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds and checks the libraries that a plugin needs. */
#include "config.h"

#include "core/plugin/libraries.h"

#include <fob/fob.h>

#include "core/plugin/pin.h"
#include "util/array.h"
#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARIES_MAX 256
#define DEPTH_MAX 32

/* A file whose libraries are being found, and the file that needs it. */
struct need {
    struct mapping *file;
    const struct need *parent; /* NULL for the plugin */
    unsigned depth;
};

/* A search for the libraries of one plugin. */
struct library_search {
    struct libraries *libraries;
    const struct yaml_node *pins;
    bool environment; /* the last one was found in LD_LIBRARY_PATH */
};

void libraries_free(struct libraries *libraries)
{
    for (size_t i = 0; i < libraries->count; i++) {
        mapping_free(libraries->items[i].file);
        free(libraries->items[i].name);
    }
    free(libraries->items);
    *libraries = (struct libraries){ NULL, 0 };
}

/* Add the library NAME; owns FILE, even on failure. */
static int libraries_add(struct libraries *libraries, const char *name, struct mapping *file)
{
    struct library *more = reallocarray(libraries->items, libraries->count + 1, sizeof *more);
    char *copy = strdup(name);

    if (more != NULL)
        libraries->items = more;
    if (more == NULL || copy == NULL) {
        mapping_free(file);
        free(copy);
        return error_nomem();
    }
    more[libraries->count].name = copy;
    more[libraries->count++].file = file;
    return FOB_SUCCESS;
}

/* Prefix the error about the library NAME with the file that needs it. */
static int libraries_need_fault(const struct need *need, const char *name, int code)
{
    char hint[1024];

    if (code == FOB_NOMEM)
        return code;
    snprintf(hint, sizeof hint, "%s", fob_error_hint());
    error_set(code, "%s: needs %s: %s", need->file->path, name, fob_error());
    if (hint[0] != '\0')
        error_hint("%s", hint);
    return code;
}

/* Replace $ORIGIN in the SIZE bytes of TEXT by FOLDER. */
static int libraries_expand_origin(const char *text, size_t size, const char *folder,
                                   struct strbuf *path)
{
    static const char *const words[] = { "$ORIGIN", "${ORIGIN}" };
    const char *end = text + size;

    while (text < end) {
        const char *before = text;

        for (size_t i = 0; *text == '$' && i < ARRAY_SIZE(words); i++) {
            size_t length = strlen(words[i]);

            if ((size_t)(end - text) >= length && strncmp(text, words[i], length) == 0 &&
                (text + length == end || text[length] == '/')) {
                strbuf_add_text(path, folder);
                text += length;
            }
        }
        if (*before == '$' && text == before)
            return error_set(FOB_CONFIG, "only $ORIGIN may occur in \"%.*s\"", (int)size,
                             end - size);
        if (text == before)
            strbuf_add(path, text++, 1);
    }
    return path->failed ? error_nomem() : FOB_SUCCESS;
}

/* Expand the SIZE bytes of TEXT, from NEED's file, to a path, which the caller frees. */
static int libraries_need_path(const struct need *need, const char *text, size_t size, char **path)
{
    char *folder = mapping_folder(need->file);
    struct strbuf expanded = STRBUF_INIT;
    char *made = NULL;
    int code =
        folder != NULL ? libraries_expand_origin(text, size, folder, &expanded) : error_nomem();

    free(folder);
    made = strbuf_detach(&expanded);
    if (code == FOB_SUCCESS && made == NULL)
        code = error_nomem();
    if (code == FOB_SUCCESS && made[0] != '/')
        code = error_set(FOB_CONFIG, "\"%.*s\" is not an absolute path", (int)size, text);
    if (code == FOB_SUCCESS)
        *path = made;
    else
        free(made);
    return code;
}

/* Make the absolute path of a folder in LD_LIBRARY_PATH, which may be relative to the current
 * folder. */
static int libraries_environment_path(const char *text, size_t size, char **path)
{
    char here[PATH_MAX];
    int written;

    if (size > 0 && text[0] == '/')
        written = asprintf(path, "%.*s", (int)size, text);
    else if (getcwd(here, sizeof here) == NULL)
        return error_system("the current folder");
    else
        written = asprintf(path, "%s/%.*s", here, (int)size, text);
    return written >= 0 ? FOB_SUCCESS : error_nomem();
}

/* Open the library NAME in FOLDER. */
static int libraries_open_in(const char *folder, const char *name, struct mapping **file)
{
    char *path = path_join(folder, name);
    int code = path != NULL ? mapping_open(path, file) : error_nomem();

    free(path);
    return code;
}

/* Search for NAME in the folders of LIST: NEED's RPATH or RUNPATH or, when NEED is NULL,
 * LD_LIBRARY_PATH.  FOB_NOT_FOUND when none has it. */
static int libraries_open_in_list(const struct need *need, const char *list, const char *name,
                                  struct mapping **file)
{
    const char *separators = need != NULL ? ":" : ":;";
    int code = FOB_NOT_FOUND;

    while (list != NULL && code == FOB_NOT_FOUND) {
        size_t size = strcspn(list, separators);
        char *folder = NULL;

        code = need != NULL ? libraries_need_path(need, list, size, &folder)
                            : libraries_environment_path(list, size, &folder);
        if (code == FOB_SUCCESS)
            code = libraries_open_in(folder, name, file);
        free(folder);
        list = list[size] != '\0' ? list + size + 1 : NULL;
    }
    return code;
}

/* Look for the library where ld.so would, up to the system's folders. */
static int libraries_open_library(struct library_search *search, const struct need *need,
                                  const char *name, struct mapping **file)
{
    int code = FOB_NOT_FOUND;

    for (const struct need *at = need;
         at != NULL && need->file->elf.runpath == NULL && code == FOB_NOT_FOUND; at = at->parent)
        code = libraries_open_in_list(at, at->file->elf.rpath, name, file);
    search->environment = false;
    if (code == FOB_NOT_FOUND) {
        code = libraries_open_in_list(NULL, secure_getenv("LD_LIBRARY_PATH"), name, file);
        search->environment = code == FOB_SUCCESS;
    }
    if (code == FOB_NOT_FOUND)
        code = libraries_open_in_list(need, need->file->elf.runpath, name, file);
    return code;
}

/* Open a library that NEED names by its path. */
static int libraries_open_named(const struct need *need, const char *name, struct mapping **file)
{
    char *path = NULL;
    int code = libraries_need_path(need, name, strlen(name), &path);

    if (code == FOB_SUCCESS)
        code = mapping_open(path, file);
    free(path);
    return code == FOB_NOT_FOUND ? FOB_PLUGIN : code;
}

/* Whether ld.so will recognize FILE, once mapped, by NAME. */
static bool libraries_is_known_by(const struct mapping *file, const char *name)
{
    return file->elf.soname != NULL && strcmp(file->elf.soname, name) == 0;
}

/* Whether ld.so would use $ORIGIN to find the library NAME for NEED. */
static bool libraries_goes_by_origin(const struct need *need, const char *name)
{
    const struct elf *elf = &need->file->elf;

    return strchr(name, '$') != NULL || (elf->rpath != NULL && strchr(elf->rpath, '$') != NULL) ||
           (elf->runpath != NULL && strchr(elf->runpath, '$') != NULL);
}

static int libraries_lack_soname(const struct mapping *file, const char *name, const char *why)
{
    error_set(FOB_CONFIG, "%s: its soname is not %s, %s", file->path, name, why);
    error_hint("link the library with -Wl,-soname,%s", name);
    return FOB_CONFIG;
}

/* ld.so will search for NAME again, and must find FILE, not a file in one of the subfolders that it
 * tries first. */
static int libraries_check_search(const struct mapping *file, const char *name)
{
    static const char *const below[] = { "glibc-hwcaps", "tls",    "haswell", "xeon_phi",
                                         "avx512_1",     "x86_64", "aarch64" };
    char *folder = mapping_folder(file);
    char why[PATH_MAX + 64];
    int code = folder != NULL ? FOB_SUCCESS : error_nomem();

    for (size_t i = 0; code == FOB_SUCCESS && i < ARRAY_SIZE(below); i++) {
        char *path = path_join(folder, below[i]);

        if (path == NULL)
            code = error_nomem();
        else if (access(path, F_OK) == 0) {
            snprintf(why, sizeof why, "and %s may have another library of that name", path);
            code = libraries_lack_soname(file, name, why);
        }
        free(path);
    }
    free(folder);
    return code;
}

/* Whether the file is in a folder of the system or of fob, so it is not part of a plugin. */
static bool libraries_is_in_system(const struct mapping *file)
{
    static const char *const patterns[] = {
        FOB_LIBDIR "/*",       "/lib/*",       "/lib64/*",
        "/usr/lib/*",          "/usr/lib64/*", "/lib/*-linux-*/*",
        "/usr/lib/*-linux-*/*"
    };

    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        if (fnmatch(patterns[i], file->path, FNM_PATHNAME | FNM_NOESCAPE) == 0)
            return true;
    }
    return false;
}

static int libraries_check_pin(const struct library_search *search, const struct mapping *file)
{
    return search->pins == NULL || libraries_is_in_system(file)
               ? FOB_SUCCESS
               : pin_check(search->pins, file->fd, file->path);
}

static int libraries_check_circle(const struct need *need, const struct mapping *file)
{
    for (; need != NULL; need = need->parent) {
        if (need->file->device == file->device && need->file->inode == file->inode)
            return error_set(FOB_PLUGIN, "%s: needs itself, perhaps indirectly", file->path);
    }
    return FOB_SUCCESS;
}

static int libraries_find_all(struct library_search *search, const struct need *need);

/* Check and add an opened library, after those that it needs.  Owns FILE, even on failure. */
static int libraries_add_checked(struct library_search *search, const struct need *need,
                                 const char *name, struct mapping *file)
{
    const struct need own = { file, need, need->depth + 1 };
    bool by_name = strchr(name, '/') == NULL;
    int code = libraries_check_circle(need, file);

    if (code == FOB_SUCCESS)
        code = libraries_check_pin(search, file);
    if (code == FOB_SUCCESS && !libraries_is_known_by(file, name)) {
        need->file->by_folder |= libraries_goes_by_origin(need, name);
        if (by_name && search->environment)
            code = libraries_lack_soname(file, name, "and a worker has no LD_LIBRARY_PATH");
        else if (by_name)
            code = libraries_check_search(file, name);
    }
    if (code == FOB_SUCCESS)
        code = libraries_find_all(search, &own);
    if (code == FOB_SUCCESS)
        return libraries_add(search->libraries, name, file);
    mapping_free(file);
    return code;
}

static bool libraries_has(const struct libraries *libraries, const char *name)
{
    for (size_t i = 0; i < libraries->count; i++) {
        if (strcmp(libraries->items[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Whether a worker has the library before it loads the plugin. */
static bool libraries_is_workers(const char *name)
{
    static const char *const patterns[] = { "libfob-plugin.so.0", "libc.so.*", "ld-linux*.so.*",
                                            "ld-musl*.so.*", "libc.musl*" };

    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        if (fnmatch(patterns[i], name, 0) == 0)
            return true;
    }
    return false;
}

/* A worker has no store, and no code that opens one. */
static int libraries_refuse_libfob(void)
{
    error_set(FOB_PLUGIN, "a plugin cannot use libfob");
    error_hint("link it with libfob-plugin, as pkg-config fob-plugin says");
    return FOB_PLUGIN;
}

static int libraries_find_one(struct library_search *search, const struct need *need,
                              const char *name)
{
    bool by_name = strchr(name, '/') == NULL;
    struct mapping *file = NULL;
    int code;

    if (by_name && (libraries_is_workers(name) || libraries_has(search->libraries, name)))
        return FOB_SUCCESS;
    if (strcmp(name, "libfob.so.0") == 0)
        return libraries_refuse_libfob();
    if (search->libraries->count == LIBRARIES_MAX || need->depth == DEPTH_MAX)
        return error_set(FOB_PLUGIN, "too many libraries");
    code = by_name ? libraries_open_library(search, need, name, &file)
                   : libraries_open_named(need, name, &file);
    if (code == FOB_SUCCESS)
        return libraries_add_checked(search, need, name, file);
    return code == FOB_NOT_FOUND ? libraries_add(search->libraries, name, NULL) : code;
}

static int libraries_find_all(struct library_search *search, const struct need *need)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < need->file->elf.needed_count && code == FOB_SUCCESS; i++) {
        code = libraries_find_one(search, need, need->file->elf.needed[i]);
        if (code != FOB_SUCCESS)
            return libraries_need_fault(need, need->file->elf.needed[i], code);
    }
    return code;
}

int libraries_find(struct libraries *libraries, struct mapping *file, const struct yaml_node *pins)
{
    struct library_search search = { .libraries = libraries, .pins = pins };
    const struct need need = { .file = file };

    return libraries_find_all(&search, &need);
}
