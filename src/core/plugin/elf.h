/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reads an ELF file before dlopen(3) maps it: whether it is whole, since dlopen() dies of SIGBUS
 * when it is not, and which libraries it needs, from where.  See elf(5).
 */
#ifndef FOB_CORE_PLUGIN_ELF_H
#define FOB_CORE_PLUGIN_ELF_H

#include <stdbool.h>
#include <stddef.h>

struct elf {
    char **needed; /* DT_NEEDED */
    size_t needed_count;
    char *soname;
    char *rpath; /* NULL as well when there is a RUNPATH, as ld.so(8) has it */
    char *runpath;
    bool binds_now; /* linked with -z now */
};

/*
 * Read the shared object at FD.  On FOB_PLUGIN, WHY says what is wrong with it (static).  Returns
 * FOB_SUCCESS, FOB_PLUGIN, FOB_NOMEM; free ELF with elf_free() in each case.
 */
int elf_read(int fd, struct elf *elf, const char **why);
void elf_free(struct elf *elf);

#endif
