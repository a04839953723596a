/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Mappings: a shared object that is opened once, checked by that descriptor, and mapped by the same
 * descriptor in a worker.
 */
#ifndef FOB_CORE_PLUGIN_MAPPING_H
#define FOB_CORE_PLUGIN_MAPPING_H

#include <sys/types.h>

#include "core/plugin/elf.h"

struct mapping {
    char *path;
    int fd;
    dev_t device; /* of FD, as the next */
    ino_t inode;
    struct elf elf;
    bool by_folder; /* ld.so must find a library in $ORIGIN itself */
};

/*
 * Open the file at PATH, which must be trusted (path_open_trusted()), and read its headers.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_CONFIG (not trusted), FOB_PLUGIN (not a shared object),
 * FOB_SYSTEM, FOB_NOMEM; free MAPPING with mapping_free().
 */
int mapping_open(const char *path, struct mapping **mapping);
/* The file's folder; the caller frees it; NULL when out of memory. */
char *mapping_folder(const struct mapping *mapping);
/* Open that folder, as a base for paths.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int mapping_open_folder(const struct mapping *mapping, int *fd);
void mapping_free(struct mapping *mapping);

#endif
