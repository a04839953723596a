/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds, checks and maps an engine. */
#include "config.h"

#include "core/plugin/engine_load.h"

#include "core/plugin/worker_program.h"
#include "util/error.h"
#include "util/path.h"
#include "util/process.h"
#include "util/strbuf.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int engine_fail(int code, const char *path, const char *why)
{
    error_set(code, "%s: %s", path, why);
    error_hint("install the package that has it (fob-postgresql(7))");
    return code;
}

static int engine_path(const char *driver, char **path)
{
    struct strbuf text = STRBUF_INIT;
    const char *folder = worker_program_uninstalled();

    if (folder != NULL)
        strbuf_printf(&text, "%s/%s.so", folder, driver);
    else
        strbuf_printf(&text, FOB_LIBEXECDIR "/store/%s.so", driver);
    *path = strbuf_detach(&text);
    return *path != NULL ? FOB_SUCCESS : error_nomem();
}

/* Map the file that is open as FD. */
static int engine_map(const char *path, int fd, const struct engine_class **class)
{
    char name[sizeof "/proc/self/fd/" + 20];
    const struct engine_class *found;
    void *handle;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL)
        return engine_fail(FOB_CONFIG, path, dlerror());
    found = dlsym(handle, ENGINE_SYMBOL);
    if (found == NULL || found->abi != ENGINE_ABI || found->size != sizeof *found)
        return engine_fail(FOB_CONFIG, path, "not an engine for this fob");
    *class = found;
    return FOB_SUCCESS;
}

static int engine_open(const char *driver, const struct engine_class **class)
{
    char *path = NULL;
    int fd = -1;
    int code = engine_path(driver, &path);

    if (code == FOB_SUCCESS)
        code = path_open_trusted(path, 0, &fd);
    if (code == FOB_NOT_FOUND)
        code = engine_fail(FOB_CONFIG, path, "no such file");
    else if (code == FOB_NOT_ALLOWED)
        code = FOB_CONFIG;
    if (code == FOB_SUCCESS)
        code = engine_map(path, fd, class);
    if (fd >= 0)
        close(fd);
    free(path);
    return code;
}

int engine_load(const char *driver, const struct engine_class **class)
{
    static struct process_lock lock = PROCESS_LOCK_INIT;
    static const struct engine_class *loaded;
    int code = FOB_SUCCESS;

    process_lock(&lock);
    if (loaded == NULL || strcmp(loaded->name, driver) != 0)
        code = engine_open(driver, &loaded);
    if (code == FOB_SUCCESS)
        *class = loaded;
    process_unlock(&lock);
    return code;
}
