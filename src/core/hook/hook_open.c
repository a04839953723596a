/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens trusted files for a hook, among those that its sandbox lets it read. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/containment.h"
#include "util/error.h"
#include "util/path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether an option of the entry names PATH, or the plugin may start programs, and read any file.
 */
static bool hook_open_permits(const struct hook_call *call, const char *path)
{
    char *const *known = call->entry->reachable;

    if (path[0] != '/' || hook_plan(call->handle, call->entry).profile == FOB_NEEDS_EXEC)
        return true;
    while (known != NULL && *known != NULL && strcmp(*known, path) != 0)
        known++;
    return known != NULL && *known != NULL;
}

/* Whether PATH, which has no links, is closed by CLOSED, which may have some, or be NULL. */
static bool hook_open_is_under(const char *path, const char *closed)
{
    char *real = closed != NULL ? realpath(closed, NULL) : NULL;
    bool under = real != NULL && containment_closes(real, path);

    free(real);
    return under;
}

/* Whether FD is open on a file that no plugin may read. */
static bool hook_open_is_closed(const struct settings *settings, int fd)
{
    const char *closed[SETTINGS_CLOSED];
    char link[64];
    char path[PATH_MAX];
    ssize_t size;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return true;
    path[size] = '\0';
    settings_find_closed(settings, closed);
    for (size_t i = 0; i < SETTINGS_CLOSED; i++) {
        if (hook_open_is_under(path, closed[i]))
            return true;
    }
    return false;
}

int hook_open_file(const struct hook_call *call, const char *path, int *fd)
{
    int file = -1;
    int code;

    if (!hook_open_permits(call, path))
        return error_set(FOB_NOT_ALLOWED, "%s: no option of the entry names it", path);
    code = path_open_trusted(path, 0, &file);
    if (code != FOB_SUCCESS)
        return code;
    if (hook_open_is_closed(call->handle->context->settings, file)) {
        close(file);
        return error_set(FOB_NOT_ALLOWED, "%s: no plugin may read it", path);
    }
    *fd = file;
    return FOB_SUCCESS;
}
