/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens and checks one shared object. */
#include "config.h"

#include "core/plugin/mapping.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/path.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void mapping_free(struct mapping *mapping)
{
    if (mapping == NULL)
        return;
    if (mapping->fd >= 0)
        close(mapping->fd);
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
    if (code == FOB_PLUGIN || code == FOB_SYSTEM)
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

int mapping_open_folder(const struct mapping *mapping, int *fd)
{
    char *folder = mapping_folder(mapping);
    int code = FOB_SUCCESS;
    int opened;

    if (folder == NULL)
        return error_nomem();
    opened = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        code = error_system("%s", folder);
    else
        *fd = opened;
    free(folder);
    return code;
}
