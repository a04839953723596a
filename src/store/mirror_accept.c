/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds what a mirror has and the server has lost, and writes it there again. */
#include "config.h"

#include "store/mirror_accept.h"

#include "store/driver_names.h"
#include "store/mirror.h"
#include "store/seal.h"
#include "store/store_impl.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

/* A record of the server. */
struct accept_row {
    char name[FOB_NAME_MAX + 1];
    struct driver_stamp stamp;
    uint64_t version;
};

/* A record to be written again. */
struct accept_kept {
    char name[FOB_NAME_MAX + 1];
    struct blob sealed;
    struct driver_stamp there;
};

struct accept {
    struct store *store;
    struct driver *driver;
    mirror_lost_fn *fn;
    void *data;
    struct accept_row *rows;
    size_t row_count;
    struct accept_kept *kept;
    size_t kept_count;
};

static int accept_all(void *data)
{
    (void)data;
    return FOB_SUCCESS;
}

static int accept_header(struct span header, void *data)
{
    (void)header;
    (void)data;
    return FOB_SUCCESS;
}

static int accept_record(const unsigned char id[static ENGINE_ID], struct span box,
                         struct span sealed, void *data)
{
    struct accept *accept = data;
    struct accept_row *more = reallocarray(accept->rows, accept->row_count + 1, sizeof *more);
    struct accept_row *row;

    if (more == NULL)
        return error_nomem();
    accept->rows = more;
    row = &more[accept->row_count++];
    *row = (struct accept_row){ .stamp = seal_stamp(sealed), .version = seal_version(sealed) };
    return driver_names_open(accept->store, box, id, row->name);
}

static int accept_ask(const struct engine_class *class, struct engine *engine, void *data)
{
    const struct engine_sink sink = {
        .data = data, .all = accept_all, .header = accept_header, .record = accept_record
    };
    const struct engine_tick never = { 0, { 0 } };
    struct engine_tick now;

    return class->step(engine, &never, &sink, &now);
}

static int accept_compare(const void *a, const void *b)
{
    return strcmp(a, ((const struct accept_row *)b)->name);
}

static int accept_order(const void *a, const void *b)
{
    return strcmp(((const struct accept_row *)a)->name, ((const struct accept_row *)b)->name);
}

/* Keep BLOB, which becomes ACCEPT's. */
static int accept_keep(struct accept *accept, const char *name, const struct blob *blob,
                       const struct accept_row *row)
{
    struct accept_kept *more = reallocarray(accept->kept, accept->kept_count + 1, sizeof *more);
    struct accept_kept *kept;

    if (more == NULL)
        return error_nomem();
    accept->kept = more;
    kept = &more[accept->kept_count++];
    *kept = (struct accept_kept){ .sealed = *blob };
    memcpy(kept->name, name, strlen(name) + 1);
    if (row != NULL)
        kept->there = row->stamp;
    return FOB_SUCCESS;
}

/* Judge a record of the mirror. */
static int accept_judge(const char *name, void *data)
{
    struct accept *accept = data;
    const struct accept_row *row =
        bsearch(name, accept->rows, accept->row_count, sizeof *accept->rows, accept_compare);
    struct blob blob = { NULL, 0 };
    struct driver_stamp stamp;
    struct mirror_lost lost = { .name = name, .there = row != NULL ? row->version : 0 };
    int code = driver_file.read(accept->driver, name, &blob, &stamp);

    if (code != FOB_SUCCESS)
        return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
    stamp = seal_stamp((struct span){ blob.data, blob.size });
    lost.here = seal_version((struct span){ blob.data, blob.size });
    if ((row == NULL || (!driver_stamp_equal(&row->stamp, &stamp) && lost.here >= row->version)) &&
        accept->fn(&lost, accept->data)) {
        code = accept_keep(accept, name, &blob, row);
        if (code == FOB_SUCCESS)
            return FOB_SUCCESS;
    }
    blob_free(&blob);
    return code;
}

/* Begin again with the server's state. */
static int accept_fetch(const struct accept *accept)
{
    struct mirror *mirror = accept->driver->mirror;
    int code;

    process_lock(&mirror->lock);
    mirror_fresh_read(accept->driver);
    mirror->fresh.tick = (struct engine_tick){ 0, { 0 } };
    code = mirror_fresh_write(accept->driver, 0);
    process_unlock(&mirror->lock);
    return code == FOB_SUCCESS ? mirror_catch_up(accept->driver) : code;
}

/* Whether all that is to be written can be opened with the server's keys. */
static int accept_check_keys(const struct accept *accept)
{
    int code = store_refresh(accept->store);

    for (size_t i = 0; i < accept->kept_count && code == FOB_SUCCESS; i++) {
        const struct accept_kept *kept = &accept->kept[i];
        const struct span sealed = { kept->sealed.data, kept->sealed.size };

        if (keyring_key(store_keyring(accept->store), seal_key_id(sealed)) != NULL)
            continue;
        code = error_set(FOB_CORRUPT, "%s: it is sealed with a key that the server has lost, too",
                         kept->name);
        error_hint("restore a newer backup of the database");
    }
    return code;
}

static int accept_write(struct store *store, void *data)
{
    const struct accept *accept = data;
    struct driver_record *records = calloc(accept->kept_count, sizeof *records);
    int code = records != NULL ? accept_check_keys(accept) : error_nomem();

    for (size_t i = 0; i < accept->kept_count && code == FOB_SUCCESS; i++) {
        const struct accept_kept *kept = &accept->kept[i];

        records[i] = (struct driver_record){
            kept->name, { kept->sealed.data, kept->sealed.size }, kept->there, FOB_SUCCESS
        };
    }
    if (code == FOB_SUCCESS)
        code = store->class->write_many(store->driver, records, accept->kept_count);
    for (size_t i = 0; i < accept->kept_count && code == FOB_SUCCESS; i++) {
        if (records[i].result != FOB_SUCCESS)
            code = error_set(FOB_CHANGED, "%s: another machine has written it meanwhile",
                             records[i].name);
    }
    free(records);
    return code;
}

int mirror_accept(struct store *store, bool accept, mirror_lost_fn *fn, void *data)
{
    struct accept state = { .store = store, .driver = store->driver, .fn = fn, .data = data };
    int code = store->settings.remote != NULL
                   ? store->class->with_engine(store->driver, accept_ask, &state)
                   : FOB_NOT_FOUND;

    if (code == FOB_SUCCESS) {
        qsort(state.rows, state.row_count, sizeof *state.rows, accept_order);
        code = driver_file.list(store->driver, accept_judge, &state);
    }
    if (code == FOB_SUCCESS && accept)
        code = accept_fetch(&state);
    if (code == FOB_SUCCESS && accept && state.kept_count > 0)
        code = store_with_lock(store, accept_write, &state);
    for (size_t i = 0; i < state.kept_count; i++)
        blob_free(&state.kept[i].sealed);
    free(state.kept);
    free(state.rows);
    return code;
}
