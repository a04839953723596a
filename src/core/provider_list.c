/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* All providers of the configured folders, and what applications may know of one. */
#include "config.h"

#include "core/context.h"
#include "core/provider_parts.h"

#include "util/error.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
    char **items;
    size_t count;
};

struct fob_providers {
    struct fob_provider **items;
    size_t count;
    size_t next;
};

void provider_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* Add the provider that a file called LEAF is for, unless it is none or known already. */
static int add_leaf(struct names *names, const char *leaf)
{
    char name[FOB_NAME_MAX + 1];
    size_t size = strlen(leaf);
    char **more;

    if (size <= strlen(PROVIDER_SUFFIX) || size - strlen(PROVIDER_SUFFIX) > FOB_NAME_MAX ||
        strcmp(leaf + size - strlen(PROVIDER_SUFFIX), PROVIDER_SUFFIX) != 0)
        return FOB_SUCCESS;
    size -= strlen(PROVIDER_SUFFIX);
    memcpy(name, leaf, size);
    name[size] = '\0';
    if (!text_is_name(name))
        return FOB_SUCCESS;
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return FOB_SUCCESS;
    }
    more = reallocarray(names->items, names->count + 1, sizeof *more);
    if (more == NULL)
        return error_nomem();
    names->items = more;
    more[names->count] = strdup(name);
    return more[names->count] != NULL ? (names->count++, FOB_SUCCESS) : error_nomem();
}

static int add_folder(struct names *names, const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    if (dir == NULL)
        return errno == ENOENT || errno == ENOTDIR ? FOB_SUCCESS : error_system("%s", folder);
    errno = 0;
    while (code == FOB_SUCCESS && (entry = readdir(dir)) != NULL) {
        code = add_leaf(names, entry->d_name);
        errno = 0;
    }
    if (code == FOB_SUCCESS && errno != 0)
        code = error_system("%s", folder);
    closedir(dir);
    return code;
}

/* Whether the file that counts for NAME is an empty one.  Returns FOB_SUCCESS, FOB_NOMEM. */
static int find_masked(const struct settings *settings, const char *name, bool *masked)
{
    struct yaml_file *file = NULL;
    int code = provider_open_file(settings, name, &file);

    *masked = code == FOB_SUCCESS && yaml_file_is_empty(file);
    yaml_file_free(file);
    return code == FOB_NOMEM ? code : FOB_SUCCESS;
}

static int compare(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

/* Take the masked ones out. */
static int drop_masked(const struct settings *settings, struct names *names)
{
    size_t kept = 0;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < names->count; i++) {
        bool masked = false;

        if (code == FOB_SUCCESS)
            code = find_masked(settings, names->items[i], &masked);
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
    struct names found = { NULL, 0 };
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < settings->providers.count && code == FOB_SUCCESS; i++)
        code = add_folder(&found, settings->providers.items[i]);
    if (code == FOB_SUCCESS)
        code = drop_masked(settings, &found);
    if (code != FOB_SUCCESS) {
        provider_names_free(found.items, found.count);
        return code;
    }
    if (found.count > 0)
        qsort(found.items, found.count, sizeof *found.items, compare);
    *names = found.items;
    *count = found.count;
    return FOB_SUCCESS;
}

int fob_providers_open(struct fob_context *context, struct fob_providers **providers)
{
    struct fob_providers *new;
    char **names = NULL;
    size_t count = 0;
    int code;

    NEED(context);
    NEED(providers);
    new = calloc(1, sizeof *new);
    code = new != NULL ? provider_names(context->settings, &names, &count) : error_nomem();

    if (code == FOB_SUCCESS) {
        new->items = calloc(count + 1, sizeof(struct fob_provider *));
        code = new->items != NULL ? FOB_SUCCESS : error_nomem();
    }
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = provider_read_any(context->settings, names[i], &new->items[new->count]);
        if (code == FOB_SUCCESS)
            new->count++;
        else if (code == FOB_NOT_FOUND)
            code = FOB_SUCCESS; /* gone meanwhile */
    }
    provider_names_free(names, count);
    if (code != FOB_SUCCESS) {
        fob_providers_close(new);
        return code;
    }
    *providers = new;
    return FOB_SUCCESS;
}

const struct fob_provider *fob_providers_next(struct fob_providers *providers)
{
    return providers != NULL && providers->next < providers->count
               ? providers->items[providers->next++]
               : NULL;
}

void fob_providers_close(struct fob_providers *providers)
{
    if (providers == NULL)
        return;
    for (size_t i = 0; i < providers->count; i++)
        provider_free(providers->items[i]);
    free(providers->items);
    free(providers);
}

const char *fob_provider_text(const struct fob_provider *provider, enum fob_provider_text which)
{
    return provider != NULL && (unsigned)which < FOB_PROVIDER_TEXT_COUNT ? provider->texts[which]
                                                                         : "";
}

bool fob_provider_shares_key(const struct fob_provider *provider)
{
    return provider != NULL && provider->shared_key;
}

const char *fob_provider_host(const struct fob_provider *provider, size_t index)
{
    if (provider == NULL)
        return NULL;
    return provider->hosts != NULL && index < provider->hosts->count
               ? provider->hosts->values[index]->text
               : NULL;
}

const char *fob_provider_mistake(const struct fob_provider *provider, size_t index)
{
    const struct mistakes *mistakes;

    if (provider == NULL)
        return NULL;
    mistakes = &provider->file->mistakes;
    for (size_t i = 0; index >= mistakes->count && i < provider->included_count; i++) {
        index -= mistakes->count;
        mistakes = &provider->included[i]->mistakes;
    }
    return index < mistakes->count ? mistakes->lines[index] : NULL;
}

int fob_provider_field(const struct fob_provider *provider, size_t index,
                       struct fob_provider_field *field)
{
    NEED(provider);
    NEED(field);
    if (index >= provider->field_count)
        return FOB_NOT_FOUND;
    *field = provider->fields[index].face;
    return FOB_SUCCESS;
}
