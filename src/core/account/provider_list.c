/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists the providers of the configured folders, for applications. */
#include "config.h"

#include "core/provider/provider_parts.h"
#include "core/session/context.h"

#include "util/error.h"
#include "util/names.h"

#include <stdlib.h>

struct fob_providers {
    struct fob_provider **items;
    size_t count;
    size_t next;
};

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
            code = FOB_SUCCESS; /* removed since the names were read */
    }
    names_free(names, count);
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
