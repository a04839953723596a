/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists headers of requests. */
#include "config.h"

#include "util/header_list.h"

#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The header called NAME, or a new empty one at the end; NULL when out of memory. */
static struct header *header_list_find_or_add(struct header_list *headers, const char *name)
{
    struct header *more;
    char *copy;

    for (size_t i = 0; i < headers->count; i++) {
        if (strcasecmp(headers->items[i].name, name) == 0)
            return &headers->items[i];
    }
    copy = strdup(name);
    more = copy != NULL ? reallocarray(headers->items, headers->count + 1, sizeof *more) : NULL;
    if (more == NULL) {
        free(copy);
        return NULL;
    }
    headers->items = more;
    more[headers->count] = (struct header){ copy, NULL };
    return &more[headers->count++];
}

int header_list_put(struct header_list *headers, const char *name, struct span value)
{
    struct fob_secret *secret = NULL;
    struct header *header;
    int code = fob_secret_new(value.data, value.size, &secret);

    if (code != FOB_SUCCESS)
        return code;
    header = header_list_find_or_add(headers, name);
    if (header == NULL) {
        fob_secret_free(secret);
        return error_nomem();
    }
    fob_secret_free(header->value);
    header->value = secret;
    return FOB_SUCCESS;
}

int header_list_get(const struct header_list *headers, size_t index, const char **name,
                    const struct fob_secret **value)
{
    if (index >= headers->count)
        return FOB_NOT_FOUND;
    *name = headers->items[index].name;
    *value = headers->items[index].value;
    return FOB_SUCCESS;
}

void header_list_clear(struct header_list *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        free(headers->items[i].name);
        fob_secret_free(headers->items[i].value);
    }
    free(headers->items);
    *headers = (struct header_list){ NULL, 0 };
}
