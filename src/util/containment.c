/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks the kernel for Landlock and seccomp, and compares paths. */
#include "config.h"

#include "util/containment.h"

#include "util/calls.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANDLOCK_VERSION (1U << 0)

int containment_landlock_level(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_VERSION);
}

bool containment_has_seccomp(void)
{
    static const uint32_t trap = SECCOMP_RET_TRAP;

#if defined __x86_64__ || defined __i386__ || defined __aarch64__
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &trap) == 0;
#else
    (void)trap;
    errno = ENOSYS;
    return false;
#endif
}

bool containment_closes(const char *closed, const char *path)
{
    const size_t size = strlen(closed);

    return strncmp(path, closed, size) == 0 &&
           (path[size] == '\0' || path[size] == '/' || path[size] == '.');
}
