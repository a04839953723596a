/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens and closes a store. */
#include "config.h"

#include "store/store_impl.h"

#include "util/error.h"

#include <stdlib.h>
#include <string.h>

static int store_copy_settings(struct store *store, const struct store_settings *settings)
{
    store->path = strdup(settings->path);
    store->key_file = strdup(settings->key_file);
    if (store->path == NULL || store->key_file == NULL)
        return error_nomem();
    store->settings = *settings;
    store->settings.path = store->path;
    store->settings.key_file = store->key_file;
    return FOB_SUCCESS;
}

static int store_open_read_header(struct store *store)
{
    struct blob blob = { NULL, 0 };
    struct keyring *keyring = NULL;
    int code = store->class->read_header(store->driver, &blob);

    if (code != FOB_SUCCESS)
        return code;
    store->header_name = store->class->describe(store->driver, NULL);
    if (store->header_name == NULL)
        code = error_nomem();
    else
        code = keyring_decode((struct span){ blob.data, blob.size }, store->header_name, &keyring);
    atomic_store(&store->keyring, keyring);
    blob_free(&blob);
    return code;
}

int store_open(const struct store_settings *settings, struct store **store)
{
    struct store *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    new->class = settings->remote != NULL ? &driver_mirror : &driver_file;
    code = store_copy_settings(new, settings);
    if (code == FOB_SUCCESS)
        code = new->class->open(&new->settings, new, &new->driver);
    if (code == FOB_SUCCESS)
        code = store_open_read_header(new);
    if (code != FOB_SUCCESS) {
        store_close(new);
        return code;
    }
    *store = new;
    return FOB_SUCCESS;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    fob_secret_free(atomic_load(&store->log_key));
    for (struct keyring *older, *at = atomic_load(&store->keyring); at != NULL; at = older) {
        older = at->older;
        keyring_free(at);
    }
    if (store->class != NULL)
        store->class->close(store->driver);
    free(store->path);
    free(store->key_file);
    free(store->header_name);
    free(store);
}
