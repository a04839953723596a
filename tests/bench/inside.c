/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What fob adds inside a process: to a stack's entry of a loaded plugin, and to loading one.
 *
 *     inside FOLDER PLUGINS
 *
 * FOLDER is empty and trusted; the debug plugin lies in PLUGINS.  Ends with 1 when a limit is
 * missed.
 */
#include "config.h"

#include "core/hook/dispatch.h"
#include "core/session/handle.h"
#include "util/strbuf.h"

#include <dlfcn.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ENTRIES 100
#define ROUNDS 301
#define ENTRY_MAX_US 1.0
#define LOAD_MAX_US 100.0

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void write_file(const char *folder, const char *name, const struct strbuf *text)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "we");
    if (file == NULL || fputs(text->data, file) < 0 || fclose(file) != 0)
        err(1, "%s", path);
}

/* A provider whose validate stack has COUNT entries. */
static void write_provider(const char *folder, const char *name, unsigned count)
{
    struct strbuf text = STRBUF_INIT;
    char file[64];

    strbuf_printf(&text,
                  "provider: %s\nfields: [ { name: key } ]\n"
                  "link: [ { control: required, plugin: debug } ]\nvalidate:\n",
                  name);
    for (unsigned i = 0; i < count; i++)
        strbuf_add_text(&text, "  - { control: required, plugin: debug }\n");
    snprintf(file, sizeof file, "%s.yaml", name);
    write_file(folder, file, &text);
    strbuf_free(&text);
}

static struct fob_context *open_context(const char *folder, const char *plugins)
{
    struct fob_context *context = NULL;
    struct strbuf text = STRBUF_INIT;
    char path[PATH_MAX];

    strbuf_printf(&text, "store: { path: %s/store }\nkey_file: %s/key\n", folder, folder);
    strbuf_printf(&text, "plugins: [ %s ]\nproviders: [ %s ]\n", plugins, folder);
    write_file(folder, "fob.conf", &text);
    strbuf_free(&text);
    snprintf(path, sizeof path, "%s/fob.conf", folder);
    if (fob_open(path, &context) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    return context;
}

static struct fob_handle *make_handle(struct fob_context *context, const char *provider)
{
    struct fob_handle *handle = NULL;

    if (handle_new(context, "acme", NULL, &handle) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    snprintf(handle->provider_name, sizeof handle->provider_name, "%s", provider);
    if (record_new("acme", &handle->candidate) != FOB_SUCCESS ||
        dispatch(handle, HOOK_VALIDATE) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    return handle;
}

static double time_dispatch(struct fob_handle *handle)
{
    double start = now_us();

    if (dispatch(handle, HOOK_VALIDATE) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    return now_us() - start;
}

/* A hundred entries less one, over ninety-nine: what a run costs once is not an entry's.  The hook
 * itself, a few nanoseconds of the debug plugin's, is counted in. */
static double entry_cost(struct fob_context *context)
{
    struct fob_handle *many = make_handle(context, "many");
    struct fob_handle *one = make_handle(context, "one");
    double costs[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++)
        costs[i] = (time_dispatch(many) - time_dispatch(one)) / (ENTRIES - 1);
    fob_end(many);
    fob_end(one);
    return median(costs, ROUNDS);
}

static double time_dlopen(const char *path)
{
    double start = now_us();
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    double end;

    if (library == NULL || dlsym(library, "fob_plugin") == NULL)
        errx(1, "%s", dlerror());
    end = now_us();
    dlclose(library);
    return end - start;
}

static double time_loader(const struct path_list *folders)
{
    const struct plugin *plugin;
    struct loader *loader;
    double start;
    double end;

    if (loader_new(&loader) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    start = now_us();
    if (loader_load(loader, folders, "debug", NULL, &plugin) != FOB_SUCCESS)
        errx(1, "%s", fob_error());
    end = now_us();
    loader_free(loader);
    return end - start;
}

static double load_cost(struct fob_context *context, const char *plugins)
{
    const struct path_list *folders = &context->settings->plugins;
    char path[PATH_MAX];
    double costs[ROUNDS];

    snprintf(path, sizeof path, "%s/debug.so", plugins);
    for (size_t i = 0; i < ROUNDS; i++) {
        double bare = time_dlopen(path);

        costs[i] = time_loader(folders) - bare;
    }
    return median(costs, ROUNDS);
}

static bool judge(const char *what, double found, double limit)
{
    printf("%s  %s: %.2f us (at most %.0f)\n", found <= limit ? "ok    " : "MISSED", what, found,
           limit);
    return found <= limit;
}

int main(int argc, char **argv)
{
    struct fob_context *context;
    bool good;

    if (argc != 3)
        errx(64, "usage: inside FOLDER PLUGINS");
    write_provider(argv[1], "one", 1);
    write_provider(argv[1], "many", ENTRIES);
    /* Loading comes first: nobody has the plugin mapped yet. */
    context = open_context(argv[1], argv[2]);
    good = judge("loading a plugin, over a bare dlopen", load_cost(context, argv[2]), LOAD_MAX_US);
    good &= judge("an entry of a stack", entry_cost(context), ENTRY_MAX_US);
    fob_close(context);
    return good ? 0 : 1;
}
