/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the file of a provider: which of several counts, and which it replaces. */
#include "config.h"

#include "core/provider_parts.h"

#include "util/error.h"
#include "util/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who may write to the folder can take a file away, and uncover the one behind it. */
static int check_folder(const struct settings *settings, const char *folder)
{
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int code;

    if (fd < 0)
        return error_system("%s", folder);
    code = path_check_trust(fd, folder, PATH_FOLDER, settings->user, NULL);
    close(fd);
    return code;
}

/* FOLDER/NAME.yaml, for the caller to free; NULL when out of memory. */
static char *file_path(const char *folder, const char *name)
{
    char leaf[FOB_NAME_MAX + sizeof PROVIDER_SUFFIX];

    snprintf(leaf, sizeof leaf, "%s" PROVIDER_SUFFIX, name);
    return path_join(folder, leaf);
}

/* The file of NAME in the first of FOLDERS that has one. */
static int find_in(const struct settings *settings, const struct path_list *folders,
                   const char *name, char **path)
{
    for (size_t i = 0; i < folders->count; i++) {
        char *candidate = file_path(folders->items[i], name);
        struct stat st;
        int code;

        if (candidate == NULL)
            return error_nomem();
        if (stat(candidate, &st) == 0) {
            code = check_folder(settings, folders->items[i]);
            if (code == FOB_SUCCESS)
                *path = candidate;
            else
                free(candidate);
            return code;
        }
        /* What may not be seen could mask what is behind it. */
        code = errno == ENOENT || errno == ENOTDIR ? FOB_SUCCESS : error_system("%s", candidate);
        free(candidate);
        if (code != FOB_SUCCESS)
            return code;
    }
    return FOB_NOT_FOUND;
}

/* Whether the file at PATH says that no other may replace it; one that cannot be understood might
 * say so. */
static int is_final(const struct settings *settings, const char *path, bool *final)
{
    struct yaml_file *file = NULL;
    const struct yaml_node *node;
    int code = yaml_read_path(path, settings->user, &file);

    if (code != FOB_SUCCESS)
        return code;
    node = yaml_get(file->root, "final");
    *final = file->mistakes.count > 0 ||
             (node != NULL && node->kind == YAML_TEXT && strcmp(node->text, "true") == 0);
    yaml_file_free(file);
    return FOB_SUCCESS;
}

int provider_find_first(const struct settings *settings, const char *name, char **path)
{
    return find_in(settings, &settings->providers, name, path);
}

int provider_find_file(const struct settings *settings, const char *name, char **path)
{
    char *machine = NULL;
    char *first = NULL;
    bool final = false;
    int code = provider_find_first(settings, name, &first);

    if (code != FOB_SUCCESS)
        return code;
    code = find_in(settings, &settings->machine_providers, name, &machine);
    if (code == FOB_SUCCESS && strcmp(machine, first) != 0)
        code = is_final(settings, machine, &final);
    /* A machine that keeps its files from this user decides nothing for them. */
    if (code == FOB_NOT_FOUND || code == FOB_NOT_ALLOWED)
        code = FOB_SUCCESS;
    if (code == FOB_SUCCESS) {
        *path = final ? machine : first;
        free(final ? first : machine);
        return code;
    }
    free(machine);
    free(first);
    return code;
}

int provider_open_file(const struct settings *settings, const char *name, struct yaml_file **file)
{
    char *path = NULL;
    int code = provider_find_file(settings, name, &path);

    if (code == FOB_SUCCESS)
        code = yaml_read_path(path, settings->user, file);
    free(path);
    return code;
}

int provider_hidden_files(const struct settings *settings, const char *name, const char *used,
                          struct strbuf *hidden)
{
    for (size_t i = 0; i < settings->providers.count; i++) {
        char *path = file_path(settings->providers.items[i], name);

        if (path == NULL)
            return error_nomem();
        if (strcmp(path, used) != 0 && access(path, F_OK) == 0)
            strbuf_printf(hidden, "%s%s", hidden->size > 0 ? ", " : "", path);
        free(path);
    }
    return hidden->failed ? error_nomem() : FOB_SUCCESS;
}
