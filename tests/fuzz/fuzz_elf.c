/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A shared object of somebody's: elf_read() must find nothing in it that is not there. */
#include "config.h"

#include "core/plugin/elf.h"

#include <fob/fob.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    struct elf elf;
    int fd = memfd_create("fuzz_elf", MFD_CLOEXEC);
    int code;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    code = elf_read(fd, &elf, &why);
    if (code != FOB_SUCCESS && (code != FOB_PLUGIN || why == NULL))
        abort();
    for (size_t i = 0; i < elf.needed_count; i++) {
        if (memmem(data, size, elf.needed[i], strlen(elf.needed[i]) + 1) == NULL)
            abort();
    }
    if (elf.rpath != NULL && elf.runpath != NULL && code == FOB_SUCCESS)
        abort();
    elf_free(&elf);
    close(fd);
    return 0;
}
