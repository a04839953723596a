/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Collects and sorts names. */
#include "config.h"

#include "util/names.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_ROOM 64

int names_add(struct names *names, const char *name, size_t size)
{
    if (names->count == names->room) {
        size_t room = names->room > 0 ? 2 * names->room : NAMES_ROOM;
        char **items = reallocarray(names->items, room, sizeof *items);

        if (items == NULL)
            return error_nomem();
        names->items = items;
        names->room = room;
    }
    names->items[names->count] = strndup(name, size);
    if (names->items[names->count] == NULL)
        return error_nomem();
    names->count++;
    return FOB_SUCCESS;
}

static bool names_has(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

static int names_add_file(struct names *names, const char *leaf, const char *suffix)
{
    const size_t end = strlen(suffix);
    size_t size = strlen(leaf);
    char name[FOB_NAME_MAX + 1];

    if (size <= end || size - end > FOB_NAME_MAX || strcmp(leaf + size - end, suffix) != 0)
        return FOB_SUCCESS;
    size -= end;
    memcpy(name, leaf, size);
    name[size] = '\0';
    return text_is_name(name) && !names_has(names, name) ? names_add(names, name, size)
                                                         : FOB_SUCCESS;
}

int names_add_files(struct names *names, const char *folder, const char *suffix)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    if (dir == NULL)
        return errno == ENOENT || errno == ENOTDIR ? FOB_SUCCESS : error_system("%s", folder);
    errno = 0;
    while (code == FOB_SUCCESS && (entry = readdir(dir)) != NULL) {
        code = names_add_file(names, entry->d_name, suffix);
        errno = 0;
    }
    if (code == FOB_SUCCESS && errno != 0)
        code = error_system("%s", folder);
    closedir(dir);
    return code;
}

static int names_compare(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

void names_sort(struct names *names)
{
    if (names->count > 0)
        qsort(names->items, names->count, sizeof *names->items, names_compare);
}

void names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}
