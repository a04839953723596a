/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a store of several machines knows of its server, and how it stays near to it. */
#include "config.h"

#include "store/machines_impl.h"

#include "store/store_impl.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

int machines_catch_up(struct store *store)
{
    return machines_are_several(store) ? store->class->catch_up(store->driver) : FOB_SUCCESS;
}

int64_t machines_mirror_age(struct store *store)
{
    return machines_are_several(store) ? store->class->age(store->driver) : 0;
}

bool machines_have_unknown_write(const struct store *store)
{
    return machines_are_several(store) && store->class->is_unknown(store->driver);
}

bool machines_have_namesake(struct store *store)
{
    return machines_are_several(store) && store->class->has_namesake(store->driver);
}

uint64_t machines_revision(struct store *store)
{
    return machines_are_several(store) ? store->class->revision(store->driver) : 0;
}

struct machines_following {
    int timeout_ms;
};

static int machines_ask_follow(const struct engine_class *class, struct engine *engine, void *data)
{
    const struct machines_following *following = data;

    return class->follow(engine, following->timeout_ms);
}

int machines_follow(struct store *store, int timeout_ms)
{
    struct machines_following following = { timeout_ms };
    int code = machines_with_engine(store, machines_ask_follow, &following);

    return code == FOB_SUCCESS ? machines_catch_up(store) : code;
}

static int machines_ask_server(const struct engine_class *class, struct engine *engine, void *data)
{
    char **text = data;
    const char *server = NULL;
    int code = class->describe(engine, &server);

    if (code == FOB_SUCCESS && (*text = strdup(server)) == NULL)
        code = error_nomem();
    return code;
}

int machines_describe_server(struct store *store, char **text)
{
    return machines_with_engine(store, machines_ask_server, text);
}
