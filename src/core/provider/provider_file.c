/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the files of providers: which of several files is used, which it hides, and the list of all
 * providers. */
#include "config.h"

#include "core/provider/provider_parts.h"
#include "core/provider/rehearsal.h"

#include "util/error.h"
#include "util/names.h"
#include "util/path.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Anybody who may write to the folder could remove a file and so uncover another. */
static int provider_file_check_folder(const struct settings *settings, const char *folder)
{
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int code;

    if (fd < 0)
        return error_system("%s", folder);
    code = path_check_trust(fd, folder, PATH_FOLDER, settings->user, NULL);
    close(fd);
    return code;
}

/* FOLDER/NAME.yaml; the caller frees it; NULL when out of memory. */
static char *file_path(const char *folder, const char *name)
{
    char leaf[FOB_NAME_MAX + sizeof PROVIDER_SUFFIX];

    snprintf(leaf, sizeof leaf, "%s" PROVIDER_SUFFIX, name);
    return path_join(folder, leaf);
}

/* Find NAME's file in the first of FOLDERS that has one. */
static int provider_find_in(const struct settings *settings, const struct path_list *folders,
                            const char *name, char **path)
{
    for (size_t i = 0; i < folders->count; i++) {
        char *candidate = file_path(folders->items[i], name);
        struct stat st;
        int code;

        if (candidate == NULL)
            return error_nomem();
        if (stat(candidate, &st) == 0) {
            code = provider_file_check_folder(settings, folders->items[i]);
            if (code == FOB_SUCCESS)
                *path = candidate;
            else
                free(candidate);
            return code;
        }
        /* A file that cannot be seen might mask those in later folders. */
        code = errno == ENOENT || errno == ENOTDIR ? FOB_SUCCESS : error_system("%s", candidate);
        free(candidate);
        if (code != FOB_SUCCESS)
            return code;
    }
    return FOB_NOT_FOUND;
}

/* Whether the file at PATH says "final: true", so that no other file may replace it.  A file with
 * mistakes counts as final. */
static int provider_is_final(const struct settings *settings, const char *path, bool *final)
{
    struct yaml_file *file = NULL;
    const struct yaml_node *node;
    bool may = false;
    int code = yaml_may_contain(path, settings->user, "final", &may);

    if (code != FOB_SUCCESS || !may)
        return code;
    code = yaml_read_path(path, settings->user, &file);
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
    return provider_find_in(settings, &settings->providers, name, path);
}

int provider_find_file(const struct settings *settings, const char *name, char **path)
{
    char *machine = NULL;
    char *first = NULL;
    bool final = false;
    int code = provider_find_first(settings, name, &first);

    if (code != FOB_SUCCESS)
        return code;
    code = provider_find_in(settings, &settings->machine_providers, name, &machine);
    if (code == FOB_SUCCESS && strcmp(machine, first) != 0)
        code = provider_is_final(settings, machine, &final);
    /* If the machine's file is not readable for this user, it does not restrict them. */
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
        code = yaml_read_path_without(path, settings->user, REHEARSALS, file);
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

/* Whether the file used for NAME is empty.  Returns FOB_SUCCESS, FOB_NOMEM. */
static int provider_find_masked(const struct settings *settings, const char *name, bool *masked)
{
    struct yaml_file *file = NULL;
    int code = provider_open_file(settings, name, &file);

    *masked = code == FOB_SUCCESS && yaml_file_is_empty(file);
    yaml_file_free(file);
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

/* Remove masked providers. */
static int provider_remove_masked(const struct settings *settings, struct names *names)
{
    size_t kept = 0;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < names->count; i++) {
        bool masked = false;

        if (code == FOB_SUCCESS)
            code = provider_find_masked(settings, names->items[i], &masked);
        if (masked)
            free(names->items[i]);
        else
            names->items[kept++] = names->items[i];
    }
    names->count = kept;
    return code;
}

int provider_names(const struct settings *settings, char ***names, size_t *count)
{
    struct names found = { NULL, 0, 0 };
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < settings->providers.count && code == FOB_SUCCESS; i++)
        code = names_add_files(&found, settings->providers.items[i], PROVIDER_SUFFIX);
    if (code == FOB_SUCCESS)
        code = provider_remove_masked(settings, &found);
    if (code != FOB_SUCCESS) {
        names_free(found.items, found.count);
        return code;
    }
    names_sort(&found);
    *names = found.items;
    *count = found.count;
    return FOB_SUCCESS;
}
