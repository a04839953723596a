/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reading an ELF file before dlopen(3) maps it: whether it is complete, since dlopen() dies of
 * SIGBUS otherwise, and which libraries it needs, from where.  See elf(5).
 */
#ifndef FOB_CORE_PLUGIN_ELF_H
#define FOB_CORE_PLUGIN_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf {
    char **needed; /* DT_NEEDED */
    size_t needed_count;
    char *soname;
    char *rpath; /* also NULL when there is a RUNPATH, as in ld.so(8) */
    char *runpath;
    bool binds_now; /* linked with -z now */
    bool has_needs; /* the file is a plugin, and its declaration has NEEDS */
    uint32_t needs; /* enum fob_needs; otherwise 0 */
};

/*
 * Read the shared object at FD.  WHY (static) is its fault on FOB_PLUGIN, and the error of the read
 * on FOB_SYSTEM.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_SYSTEM, FOB_NOMEM.  Free ELF with
 * elf_free(), even on failure.
 */
int elf_read(int fd, struct elf *elf, const char **why);
void elf_free(struct elf *elf);

#endif
