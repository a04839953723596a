/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists the machines that share a store, and forgets one. */
#include "config.h"

#include "store/machines_impl.h"

#include "store/driver_names.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

struct machines_listing {
    struct store *store;
    uint64_t revision; /* that this machine has */
    struct machines_entry *entries;
    size_t count;
};

static int machines_add(const struct engine_machine *machine, void *data)
{
    struct machines_listing *listing = data;
    struct machines_entry *more = reallocarray(listing->entries, listing->count + 1, sizeof *more);
    struct machines_entry *entry;
    int code;

    if (more == NULL)
        return error_nomem();
    listing->entries = more;
    entry = &more[listing->count++];
    *entry = (struct machines_entry){ .age_ms = machine->age_ms };
    if (machine->revision < listing->revision)
        entry->behind = listing->revision - machine->revision;
    code = driver_names_open(listing->store, machine->info, NULL, entry->name);
    if (code != FOB_CORRUPT && code != FOB_SUCCESS)
        return code;
    if (code == FOB_CORRUPT || !text_is_name(entry->name))
        entry->name[0] = '\0';
    return FOB_SUCCESS;
}

static int machines_ask_list(const struct engine_class *class, struct engine *engine, void *data)
{
    return class->machines(engine, machines_add, data);
}

int machines_list(struct store *store, struct machines_entry **entries, size_t *count)
{
    struct machines_listing listing = { .store = store, .revision = machines_revision(store) };
    const int code = machines_with_engine(store, machines_ask_list, &listing);

    if (code != FOB_SUCCESS) {
        free(listing.entries);
        return code;
    }
    *entries = listing.entries;
    *count = listing.count;
    return FOB_SUCCESS;
}
