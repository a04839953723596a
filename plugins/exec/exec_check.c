/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks the program that an entry names, without running it. */
#include "config.h"

#include "exec_check.h"

#include "user.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How much of a script the kernel reads. */
#define HEAD_SIZE 256
/* How many interpreters the kernel follows. */
#define DEPTH_MAX 5

static bool check_can_run(const char *path)
{
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* Cut HEAD, such as "#! /bin/sh -e", to the interpreter's path. */
static const char *check_interpreter_of(char *head)
{
    char *name = head + 2 + strspn(head + 2, " \t");

    name[strcspn(name, " \t\n")] = '\0';
    return name;
}

/* Whether PATH is a trusted and executable file.  HEAD receives its first bytes and a NUL.  Sets
 * the error. */
static bool check_is_program(struct fob_handle *handle, const char *path,
                             char head[static HEAD_SIZE])
{
    ssize_t size;
    int file = -1;

    if (fob_open_trusted(handle, path, &file) != FOB_SUCCESS)
        return false;
    size = pread(file, head, HEAD_SIZE - 1, 0);
    close(file);
    if (size < 0 || !check_can_run(path)) {
        fob_fail(handle, FOB_CONFIG, "%s: cannot be run: %m", path);
        return false;
    }
    head[size] = '\0';
    /* Binaries have a NUL among their first bytes; the kernel cannot run other text. */
    if (strncmp(head, "#!", 2) != 0 && strlen(head) == (size_t)size) {
        fob_fail(handle, FOB_CONFIG, "%s: cannot be run: it is a text that does not begin with #!",
                 path);
        return false;
    }
    return true;
}

/* Whether the interpreter that HEAD, of PROGRAM, names can be run.  HEAD then receives the
 * interpreter's first bytes. */
static bool check_interpreter(struct fob_handle *handle, const char *program,
                              char head[static HEAD_SIZE])
{
    char path[HEAD_SIZE];

    (void)snprintf(path, sizeof path, "%s", check_interpreter_of(head));
    if (!check_can_run(path))
        fob_item_mistake(handle, "command", 0, NULL, "%s: its interpreter %s: %m", program, path);
    else if (!check_is_program(handle, path, head))
        fob_item_mistake(handle, "command", 0, NULL, "%s: its interpreter %s", program,
                         fob_error());
    else
        return true;
    return false;
}

/* Check the program and its interpreters; an interpreter may itself be a script. */
static void exec_check_program(struct fob_handle *handle, const char *program)
{
    char head[HEAD_SIZE];
    int depth = 0;

    if (!check_is_program(handle, program, head)) {
        fob_item_mistake(handle, "command", 0, NULL, "%s", fob_error());
        return;
    }
    while (strncmp(head, "#!", 2) == 0 && depth <= DEPTH_MAX &&
           check_interpreter(handle, program, head))
        depth++;
    if (depth > DEPTH_MAX)
        fob_item_mistake(handle, "command", 0, NULL, "%s: its interpreters are nested too deep",
                         program);
}

void exec_check(struct fob_handle *handle)
{
    const char *name = fob_option_text(handle, "user");
    struct user user = { .groups = NULL };

    exec_check_program(handle, fob_option_item(handle, "command", 0));
    if (name != NULL)
        (void)user_find(handle, name, &user);
    user_free(&user);
}
