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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name for dlopen().  A debugger opens it, too, and would be another "self". */
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

/* The message of dlerror() without the descriptor's name, which means nothing to a reader. */
static const char *load_why(const char *name)
{
    const char *why = dlerror();
    const size_t size = strlen(name);

    return strncmp(why, name, size) == 0 && strncmp(why + size, ": ", 2) == 0 ? why + size + 2
                                                                              : why;
}

/* The code for WHY: a lack of memory or descriptors, or a read error, is no fault of the file. */
static int load_code(const char *why)
{
    static const int errors[] = { ENOMEM, EMFILE, ENFILE, EIO };

    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        if (strstr(why, strerror(errors[i])) != NULL)
            return errors[i] == ENOMEM ? FOB_NOMEM : FOB_SYSTEM;
    }
    return FOB_PLUGIN;
}

/* Whether the descriptor of FRAME has no name in /proc. */
static bool load_lacks_proc(const struct frame *frame)
{
    char name[64];

    snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)getpid(), frame->descriptor);
    return frame->descriptor >= 0 && access(name, F_OK) < 0;
}

static int load_fail_proc(const char *path)
{
    error_set(FOB_PLUGIN, "%s: cannot be loaded: /proc is missing, or lists other processes", path);
    error_hint("a worker opens plugins in /proc: mount it for this PID namespace");
    return FOB_PLUGIN;
}

/* GnuTLS, which some builds of libcurl load for LDAP alone, would prepare itself at once: 0.2 ms
 * and 120 KiB.  libcurl prepares it when it uses it. */
static void *load_open(const char *name, int flags)
{
    static const char late[] = "GNUTLS_NO_IMPLICIT_INIT";
    void *handle;

    setenv(late, "1", 1);
    handle = dlopen(name, flags);
    unsetenv(late);
    return handle;
}

/*
 * A missing function must fail here, not end the process in a hook.  RTLD_NOW checks that, but also
 * for the forty libraries of libcurl, which takes longer than mapping them.  So a file that is
 * linked with -z now, and checks its own functions, is loaded with RTLD_LAZY.
 */
int load_file(const struct frame *frame, void **handle)
{
    const char *path = frame_text(frame->items, FRAME_PATH);
    struct span lazy;
    char name[PATH_MAX];
    const char *why;
    int code;

    load_name(frame, name);
    *handle = load_open(
        name, RTLD_LOCAL | (frame_find(frame->items, FRAME_LAZY, &lazy) ? RTLD_LAZY : RTLD_NOW));
    if (*handle != NULL)
        return FOB_SUCCESS;
    why = load_why(name);
    code = load_code(why);
    if (code == FOB_PLUGIN && load_lacks_proc(frame))
        return load_fail_proc(path);
    if (frame->descriptor < 0)
        return error_set(code, "%s: %s", name, why);
    error_set(code, "%s: cannot be loaded: %s", path, why);
    if (strstr(why, "undefined symbol: fob_") != NULL)
        error_hint("a plugin has the functions of fob/plugin.h and fob/http.h, and no others");
    return code;
}
