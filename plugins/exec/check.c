/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Looks at the program that an entry names, without running it. */
#include "config.h"

#include "check.h"

#include "user.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What the kernel reads of a script. */
#define HEAD_SIZE 256

static bool can_run(const char *path)
{
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* "#! /bin/sh -e" names a program as well. */
static void check_interpreter(struct fob_handle *handle, const char *path, int file)
{
    char head[HEAD_SIZE];
    ssize_t size = pread(file, head, sizeof head - 1, 0);
    char *name = head + 2;

    if (size < 2 || memcmp(head, "#!", 2) != 0)
        return;
    head[size] = '\0';
    name += strspn(name, " \t");
    name[strcspn(name, " \t\r\n")] = '\0';
    if (!can_run(name))
        fob_mistake(handle, "command", "%s: its interpreter %s: %m", path, name);
}

static void check_program(struct fob_handle *handle, const char *path)
{
    int file = -1;

    if (fob_open_trusted(handle, path, &file) != FOB_SUCCESS) {
        fob_mistake(handle, "command", "%s", fob_error());
        return;
    }
    if (!can_run(path))
        fob_mistake(handle, "command", "%s: can not be run: %m", path);
    else
        check_interpreter(handle, path, file);
    close(file);
}

void exec_check(struct fob_handle *handle)
{
    const char *name = fob_option_text(handle, "user");
    struct user user = { .groups = NULL };

    check_program(handle, fob_option_item(handle, "command", 0));
    if (name != NULL)
        (void)user_find(handle, name, &user);
    user_free(&user);
}
