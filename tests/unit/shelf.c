/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Folders of provider files. */
#include "config.h"

#include "shelf.h"

#include "folder.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int shelf_set_up(void **state)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);

    if (shelf == NULL)
        return -1;
    shelf->folder = folder_make(NULL);
    shelf->items[0] = strdup(folder_add(shelf->folder, "first"));
    shelf->items[1] = strdup(folder_add(shelf->folder, "second"));
    shelf->settings.user = geteuid();
    shelf->settings.providers = (struct path_list){ shelf->items, 2 };
    error_clear();
    *state = shelf;
    return 0;
}

int shelf_tear_down(void **state)
{
    struct shelf *shelf = *state;

    folder_remove(shelf->folder);
    free(shelf->items[0]);
    free(shelf->items[1]);
    free(shelf);
    return 0;
}

const char *shelf_write(const struct shelf *shelf, size_t folder, const char *name,
                        const char *text)
{
    char file[FOB_NAME_MAX + 8];

    snprintf(file, sizeof file, "%s.yaml", name);
    return folder_write(shelf->items[folder], file, text);
}

struct fob_provider *shelf_read(const struct shelf *shelf, const char *name)
{
    struct fob_provider *provider = NULL;

    if (provider_read(&shelf->settings, name, &provider) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return provider;
}

struct fob_provider *shelf_read_good(const struct shelf *shelf, const char *name)
{
    struct fob_provider *provider = shelf_read(shelf, name);

    if (provider_usable(provider) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return provider;
}
