/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Maps shared objects by their descriptors. */
#include "config.h"

#include "worker/load.h"

#include "util/array.h"
#include "util/error.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What dlopen() is to open.  A debugger opens it, too: to it, "self" is another process. */
static void load_name(const struct frame *frame, char name[static PATH_MAX])
{
    const char *leaf = frame_text(frame->items, FRAME_LEAF);

    if (frame->descriptor < 0)
        snprintf(name, PATH_MAX, "%s", frame_text(frame->items, FRAME_PATH));
    else if (leaf != NULL)
        snprintf(name, PATH_MAX, "/proc/%d/fd/%d/%s", (int)getpid(), frame->descriptor, leaf);
    else
        snprintf(name, PATH_MAX, "/proc/%d/fd/%d", (int)getpid(), frame->descriptor);
}

/* The descriptor's name, with which dlerror() begins, means nothing to a reader. */
static const char *load_why(const char *name)
{
    const char *why = dlerror();
    const size_t size = strlen(name);

    return strncmp(why, name, size) == 0 && strncmp(why + size, ": ", 2) == 0 ? why + size + 2
                                                                              : why;
}

/* The code for WHY: the file is not broken when the machine is short of something, or cannot read
 * it. */
static int load_code(const char *why)
{
    static const int errors[] = { ENOMEM, EMFILE, ENFILE, EIO };

    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        if (strstr(why, strerror(errors[i])) != NULL)
            return errors[i] == ENOMEM ? FOB_NOMEM : FOB_SYSTEM;
    }
    return FOB_PLUGIN;
}

/*
 * A function that is lacking must keep the file from being mapped, not end the process in the
 * middle of a hook.  RTLD_NOW sees to that, but also for the forty libraries below libcurl, too,
 * which takes longer than to map them; so it is left to files that do not see to it themselves.
 */
int load_file(const struct frame *frame, void **handle)
{
    const char *path = frame_text(frame->items, FRAME_PATH);
    struct span lazy;
    char name[PATH_MAX];
    const char *why;
    int code;

    load_name(frame, name);
    *handle = dlopen(
        name, RTLD_LOCAL | (frame_find(frame->items, FRAME_LAZY, &lazy) ? RTLD_LAZY : RTLD_NOW));
    if (*handle != NULL)
        return FOB_SUCCESS;
    why = load_why(name);
    code = load_code(why);
    if (frame->descriptor < 0)
        return error_set(code, "%s: %s", name, why);
    error_set(code, "%s: cannot be loaded: %s", path, why);
    if (strstr(why, "undefined symbol: fob_") != NULL)
        error_hint("a plugin has the functions of fob/plugin.h and fob/http.h, and no others");
    return code;
}
