/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Whether an ELF file is whole. */
#include "config.h"

#include "core/elf.h"

#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More segments than any library has. */
#define SEGMENTS_MAX 128

const char *elf_fault(int fd)
{
    ElfW(Phdr) segments[SEGMENTS_MAX];
    ElfW(Ehdr) head;
    struct stat st;
    size_t size;

    if (fstat(fd, &st) < 0 || pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
        return "not a shared object";
    size = head.e_phnum * sizeof *segments;
    if (head.e_phentsize != sizeof *segments || head.e_phnum > SEGMENTS_MAX)
        return "not a shared object of this machine's";
    if (pread(fd, segments, size, (off_t)head.e_phoff) != (ssize_t)size)
        return "cut short";
    for (size_t i = 0; i < head.e_phnum; i++) {
        uint64_t offset = segments[i].p_offset;
        uint64_t length = segments[i].p_filesz;

        if (segments[i].p_type == PT_LOAD &&
            (offset > (uint64_t)st.st_size || length > (uint64_t)st.st_size - offset))
            return "cut short";
    }
    return NULL;
}
