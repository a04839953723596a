/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A look at an ELF file before dlopen(3), which maps a file that was cut short and then dies of
 * SIGBUS.
 */
#ifndef FOB_CORE_ELF_H
#define FOB_CORE_ELF_H

/* What is wrong with the file at FD (static), or NULL when all that its head tells of is in it.
 * See elf(5). */
const char *elf_fault(int fd);

#endif
