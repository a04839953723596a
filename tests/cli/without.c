/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Runs a command on a kernel that lacks something:
 *
 *     without landlock|seccomp|landlock,seccomp COMMAND [ARGUMENT...]
 */
#include "config.h"

#include "../unit/forbid.h"

#include "util/calls.h"

#include <err.h>
#include <errno.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(64, "usage: without landlock|seccomp|landlock,seccomp COMMAND [ARGUMENT...]");
    if (strstr(argv[1], "landlock") != NULL && forbid(SYS_landlock_create_ruleset, ENOSYS) != 0)
        err(1, "landlock");
    if (strstr(argv[1], "seccomp") != NULL && forbid(SYS_seccomp, ENOSYS) != 0)
        err(1, "seccomp");
    execvp(argv[2], argv + 2);
    err(127, "%s", argv[2]);
}
