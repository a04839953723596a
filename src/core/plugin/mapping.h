/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Mapping a shared object: it is opened once, and checked and mapped by that descriptor.
 */
#ifndef FOB_CORE_PLUGIN_MAPPING_H
#define FOB_CORE_PLUGIN_MAPPING_H

#include <sys/types.h>

#include "core/plugin/elf.h"

struct mapping {
    char *path;
    int fd;       /* open as long as the file is mapped */
    int folder;   /* the same for its folder; or -1 */
    dev_t device; /* these identify the file */
    ino_t inode;
    struct elf elf;
    bool by_folder; /* ld.so must find a library at $ORIGIN by itself */
    void *handle;   /* dlopen()'s; NULL until mapped */
};

/*
 * Open the file at PATH, which must be trusted (path_open_trusted()), and read its headers.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_CONFIG (not trusted), FOB_PLUGIN (not a shared object),
 * FOB_SYSTEM, FOB_NOMEM; free MAPPING with mapping_free().
 */
int mapping_open(const char *path, struct mapping **mapping);
/* The file's folder; the caller frees it; NULL when out of memory. */
char *mapping_folder(const struct mapping *mapping);
/* Map the file by FD or, with BY_FOLDER, by its name in the folder.  Returns FOB_SUCCESS,
 * FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM. */
int mapping_map(struct mapping *mapping);
void mapping_free(struct mapping *mapping);

#endif
