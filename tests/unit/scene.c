/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A loader with a folder of test plugins. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

#include "folder.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is printed is not looked at here. */
static void pass_over(void *data, const char *path, const char *line)
{
    (void)data;
    (void)path;
    (void)line;
}

int scene_set_up(void **state)
{
    char here[PATH_MAX];
    struct scene *scene;

    *state = NULL;
    if (getcwd(here, sizeof here) == NULL)
        return -1;
    if (!folder_is_trusted(here))
        return 0;
    scene = calloc(1, sizeof *scene);
    if (scene == NULL ||
        loader_new(&scene->settings, pass_over, NULL, &scene->loader) != FOB_SUCCESS)
        return -1;
    scene->folder = folder_make(here);
    scene->plugins = strdup(folder_add(scene->folder, "plugins"));
    scene->items[0] = scene->plugins;
    scene->settings = (struct settings){
        .store_path = (char *)(uintptr_t) "/nonexistent/store",
        .key_file = (char *)(uintptr_t) "/nonexistent/key",
        .log_path = (char *)(uintptr_t) "/nonexistent/log",
        .plugins = { scene->items, 1 },
        .containment_required = true,
        .hook_limit = 60,
    };
    *state = scene;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *scene = *state;

    if (scene == NULL)
        return 0;
    loader_free(scene->loader);
    folder_remove(scene->folder);
    free(scene->plugins);
    free(scene);
    return 0;
}

struct scene *scene_of(void **state)
{
    if (*state == NULL)
        skip();
    error_clear();
    return *state;
}

/* A test plugin's file; the caller frees it. */
char *scene_read_plugin(const char *plugin, size_t *size)
{
    char path[PATH_MAX];
    struct stat st;
    char *data;
    int fd;

    snprintf(path, sizeof path, "%s/%s.so", TEST_PLUGIN_FOLDER, plugin);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        fail_msg("%s: %s", path, strerror(errno));
    *size = (size_t)st.st_size;
    data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(read(fd, data, *size), st.st_size);
    close(fd);
    return data;
}

/* Copy a test plugin to TO in FOLDER. */
void scene_copy_plugin(const char *plugin, const char *folder, const char *to)
{
    size_t size;
    char *data = scene_read_plugin(plugin, &size);

    folder_write_bytes(folder, to, data, size);
    free(data);
}

static struct yaml_node pin_of(const char *sha256)
{
    return (struct yaml_node){ .kind = YAML_TEXT, .text = (char *)(uintptr_t)sha256 };
}

/* Load NAME; its worker is not needed any more then. */
int scene_load_plugin(struct loader *loader, const char *name, const char *sha256,
                      const struct plugin **plugin)
{
    const struct yaml_node pin = pin_of(sha256);
    const struct loader_wish wish = { .name = name, .pins = sha256 != NULL ? &pin : NULL };
    struct plugin_worker *worker = NULL;
    int code = loader_load(loader, &wish, plugin, &worker);

    plugin_worker_end(worker);
    return code;
}

/* Load NAME: its declared name must be WANTED. */
const struct plugin *scene_load_at(const struct scene *scene, const char *name, const char *sha256,
                                   const char *wanted, int line)
{
    const struct plugin *plugin = NULL;

    if (scene_load_plugin(scene->loader, name, sha256, &plugin) != FOB_SUCCESS)
        fail_msg("line %d: %s", line, fob_error());
    if (strcmp(plugin->declared.name, wanted) != 0)
        fail_msg("line %d: %s is %s", line, name, plugin->declared.name);
    return plugin;
}

/* Loading NAME must end with WANTED, with WORDS in the message, and nothing given back. */
void scene_fail_at(const struct scene *scene, const char *name, int wanted, const char *words,
                   int line)
{
    const struct plugin *plugin = NULL;
    int code;

    error_clear();
    code = scene_load_plugin(scene->loader, name, NULL, &plugin);
    if (code != wanted || strstr(fob_error(), words) == NULL)
        fail_msg("line %d: %s: %s, %s", line, name, fob_code_name(code), fob_error());
    assert_null(plugin);
}
