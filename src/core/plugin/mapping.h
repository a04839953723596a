/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Mappings: a shared object that was opened once, checked by that descriptor and mapped by it.
 */
#ifndef FOB_CORE_PLUGIN_MAPPING_H
#define FOB_CORE_PLUGIN_MAPPING_H

#include <sys/types.h>

#include "core/plugin/elf.h"

struct mapping {
    char *path;
    int fd;       /* open as long as it is mapped */
    int folder;   /* the same, of the folder; or -1 */
    dev_t device; /* FD's, as the next */
    ino_t inode;
    struct elf elf;
    bool by_folder; /* ld.so is to find something at $ORIGIN by itself */
    void *handle;   /* dlopen()'s; NULL until mapped */
};

/*
 * Open the file at PATH, which must be trusted (path_open_trusted()), and read what it is.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND (there is none), FOB_CONFIG (not trusted), FOB_PLUGIN (no
 * shared object), FOB_SYSTEM, FOB_NOMEM; free it with mapping_free().
 */
int mapping_open(const char *path, struct mapping **mapping);
/* The folder that it is in, for the caller to free; NULL when out of memory. */
char *mapping_folder(const struct mapping *mapping);
/* Map it: by FD; with by_folder set, by its name in the folder.  Returns FOB_SUCCESS, FOB_PLUGIN,
 * FOB_SYSTEM, FOB_NOMEM. */
int mapping_map(struct mapping *mapping);
void mapping_free(struct mapping *mapping);

#endif
