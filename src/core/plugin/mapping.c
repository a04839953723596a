/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens, checks and maps one shared object. */
#include "config.h"

#include "core/plugin/mapping.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/path.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void mapping_free(struct mapping *mapping)
{
    if (mapping == NULL)
        return;
    if (mapping->handle != NULL)
        dlclose(mapping->handle);
    if (mapping->fd >= 0)
        close(mapping->fd);
    if (mapping->folder >= 0)
        close(mapping->folder);
    elf_free(&mapping->elf);
    free(mapping->path);
    free(mapping);
}

static int mapping_read(struct mapping *mapping)
{
    const char *why = NULL;
    struct stat st;
    int code;

    if (fstat(mapping->fd, &st) < 0)
        return error_system("%s", mapping->path);
    mapping->device = st.st_dev;
    mapping->inode = st.st_ino;
    code = elf_read(mapping->fd, &mapping->elf, &why);
    if (code == FOB_PLUGIN)
        return error_set(code, "%s: cannot be loaded: %s", mapping->path, why);
    return code == FOB_SUCCESS ? code : error_nomem();
}

/* Convert path_open_trusted()'s codes to those of a stack. */
static int mapping_code(int code)
{
    return code == FOB_NOT_ALLOWED ? FOB_CONFIG : code == FOB_INVALID ? FOB_PLUGIN : code;
}

int mapping_open(const char *path, struct mapping **mapping)
{
    struct mapping *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    new->fd = -1;
    new->folder = -1;
    new->path = strdup(path);
    code = new->path != NULL ? mapping_code(path_open_trusted(path, 0, &new->fd)) : error_nomem();
    if (code == FOB_SUCCESS)
        code = mapping_read(new);
    if (code != FOB_SUCCESS) {
        mapping_free(new);
        return code;
    }
    *mapping = new;
    return FOB_SUCCESS;
}

char *mapping_folder(const struct mapping *mapping)
{
    const char *slash = strrchr(mapping->path, '/');

    return strndup(mapping->path, slash > mapping->path ? (size_t)(slash - mapping->path) : 1);
}

/* The size of "/proc/PROCESS/fd/", two bytes for each bit of a file's identity, a number, and a
 * name. */
#define PROCESS_MAX 20
#define NAME_SIZE (10 + PROCESS_MAX + 2 * 128 + 16 + 1 + NAME_MAX + 1)

static char *mapping_add_bits(char *at, uint64_t value)
{
    for (unsigned bit = 0; bit < 64; bit++)
        at = stpcpy(at, (value >> bit & 1) != 0 ? "./" : "/");
    return at;
}

/*
 * Make a name for dlopen() that is unique to this file: dlopen() identifies libraries by name for
 * as long as they are mapped (by another context, or because they cannot be unmapped), and by then
 * N in /proc/self/fd/N may be another file.  So the name encodes the file's identity, as dots and
 * slashes that do not change the path.  The name has this process's number, which the link "self"
 * gives: a debugger also opens the name, and for it "self" would be the debugger.
 */
static void mapping_name(const struct mapping *mapping, char name[static NAME_SIZE])
{
    char process[PROCESS_MAX] = { 0 };
    size_t room;
    char *at;

    if (readlink("/proc/self", process, sizeof process - 1) <= 0)
        stpcpy(process, "self");
    at = stpcpy(stpcpy(stpcpy(name, "/proc/"), process), "/fd/");
    at = mapping_add_bits(at, mapping->device);
    at = mapping_add_bits(at, mapping->inode);
    room = (size_t)(name + NAME_SIZE - at);
    if (mapping->folder >= 0)
        snprintf(at, room, "%d%s", mapping->folder, strrchr(mapping->path, '/'));
    else
        snprintf(at, room, "%d", mapping->fd);
}

static int mapping_open_folder(struct mapping *mapping)
{
    char *folder = mapping_folder(mapping);
    int code = FOB_SUCCESS;

    if (folder == NULL)
        return error_nomem();
    mapping->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (mapping->folder < 0)
        code = error_system("%s", folder);
    free(folder);
    return code;
}

/*
 * A missing function must make dlopen() fail, not end the process during a hook.  RTLD_NOW ensures
 * that, but also binds the forty libraries below libcurl, which takes longer than mapping them.  So
 * it is used only for files that are not linked with -z now.
 */
int mapping_map(struct mapping *mapping)
{
    char name[NAME_SIZE];
    const char *why;
    int code = mapping->by_folder ? mapping_open_folder(mapping) : FOB_SUCCESS;

    if (code != FOB_SUCCESS)
        return code;
    mapping_name(mapping, name);
    mapping->handle = dlopen(name, RTLD_LOCAL | (mapping->elf.binds_now ? RTLD_LAZY : RTLD_NOW));
    if (mapping->handle != NULL)
        return FOB_SUCCESS;
    why = dlerror();
    /* dlerror() begins with the descriptor's name, which is meaningless to people. */
    if (strncmp(why, name, strlen(name)) == 0 && strncmp(why + strlen(name), ": ", 2) == 0)
        why += strlen(name) + 2;
    return error_set(FOB_PLUGIN, "%s: cannot be loaded: %s", mapping->path, why);
}
