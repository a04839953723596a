/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The server of a store that several machines share: who uses it, how near this machine is to it,
 * and what to do when it has lost something. */
#include "config.h"

#include <fob/machines.h>

#include "core/log/audit.h"
#include "core/plugin/engine_load.h"
#include "store/machines.h"
#include "store/mirror_accept.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A machine that was not seen for longer is not waited for. */
#define SEEN_MS (10 * 60 * 1000)
#define WAIT_PAUSE_NS 200000000

/* The store, if it is one of several machines. */
static int server_store(struct fob_context *context, struct store **store)
{
    int code = context_store(context, store);

    if (code == FOB_SUCCESS && !machines_are_several(*store)) {
        error_set(FOB_NOT_FOUND, "%s: a store of this machine alone",
                  context->settings->store_path);
        error_hint("fob-postgresql(7) says how several machines share one");
        code = FOB_NOT_FOUND;
    }
    return code;
}

struct fob_machines {
    size_t count;
    size_t next;
    struct machines_entry *entries;
    struct fob_machine *items; /* with texts of ENTRIES */
};

static int server_fill_machines(const struct fob_context *context, struct fob_machines *machines)
{
    const char *own = context->settings->remote.machine;

    machines->items = calloc(machines->count + 1, sizeof *machines->items);
    if (machines->items == NULL)
        return error_nomem();
    for (size_t i = 0; i < machines->count; i++) {
        const struct machines_entry *entry = &machines->entries[i];

        machines->items[i] = (struct fob_machine){
            .size = sizeof(struct fob_machine),
            .name = entry->name,
            .age = entry->age_ms / 1000,
            .behind = entry->behind,
            .own = strcmp(entry->name, own) == 0,
        };
    }
    return FOB_SUCCESS;
}

int fob_machines_open(struct fob_context *context, struct fob_machines **machines)
{
    struct fob_machines *new;
    struct store *store;
    int code;

    NEED(context);
    NEED(machines);
    code = server_store(context, &store);
    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    code = machines_list(store, &new->entries, &new->count);
    if (code == FOB_SUCCESS)
        code = server_fill_machines(context, new);
    if (code != FOB_SUCCESS) {
        fob_machines_close(new);
        return code;
    }
    *machines = new;
    return FOB_SUCCESS;
}

const struct fob_machine *fob_machines_next(struct fob_machines *machines)
{
    return machines != NULL && machines->next < machines->count ? &machines->items[machines->next++]
                                                                : NULL;
}

void fob_machines_close(struct fob_machines *machines)
{
    if (machines == NULL)
        return;
    free(machines->entries);
    free(machines->items);
    free(machines);
}

/* Set NAMES to the machines that were seen lately, and lack something. */
static int server_find_lagging(struct store *store, struct strbuf *names)
{
    struct machines_entry *entries = NULL;
    size_t count = 0;
    int code = machines_list(store, &entries, &count);

    strbuf_reset(names);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].behind > 0 && entries[i].age_ms <= SEEN_MS)
            strbuf_printf(names, "%s%s", names->size > 0 ? ", " : "", entries[i].name);
    }
    free(entries);
    return code == FOB_SUCCESS && names->failed ? error_nomem() : code;
}

int fob_wait_for_machines(struct fob_context *context, unsigned seconds)
{
    static const struct timespec pause = { .tv_nsec = WAIT_PAUSE_NS };
    const int64_t end = clock_ms() + (int64_t)seconds * 1000;
    struct strbuf names = STRBUF_INIT;
    struct store *store;
    int code;

    NEED(context);
    code = context_store(context, &store);
    if (code != FOB_SUCCESS || !machines_are_several(store))
        return code;
    code = server_find_lagging(store, &names);
    while (code == FOB_SUCCESS && names.size > 0 && clock_ms() < end) {
        nanosleep(&pause, NULL);
        code = server_find_lagging(store, &names);
    }
    if (code == FOB_SUCCESS && names.size > 0) {
        code = error_set(FOB_UNAVAILABLE, "not known yet on %s", names.data);
        error_hint("a machine learns it when it reads an account, after max_age in its fob.yaml at "
                   "the latest");
    }
    strbuf_free(&names);
    return code;
}

int fob_describe_server(struct fob_context *context, char **text)
{
    struct store *store;
    int code;

    NEED(context);
    NEED(text);
    code = server_store(context, &store);
    return code == FOB_SUCCESS ? machines_describe_server(store, text) : code;
}

int fob_store_age(struct fob_context *context, int64_t *age)
{
    struct store *store;
    int64_t ms;
    int code;

    NEED(context);
    NEED(age);
    code = context_store(context, &store);
    if (code != FOB_SUCCESS)
        return code;
    ms = machines_mirror_age(store);
    *age = ms == INT64_MAX ? -1 : ms;
    return FOB_SUCCESS;
}

int fob_store_warning(struct fob_context *context, char **text)
{
    struct strbuf words = STRBUF_INIT;
    int64_t stale;

    NEED(context);
    NEED(text);
    *text = NULL;
    if (context->store == NULL)
        return FOB_SUCCESS;
    stale = store_stale(context->store);
    if (stale > 0)
        strbuf_printf(&words,
                      "the store's server cannot be reached; what it said %lld s ago served",
                      (long long)(stale + 999) / 1000);
    else if (machines_have_namesake(context->store))
        strbuf_printf(&words, "another machine calls itself %s", context->settings->remote.machine);
    else
        return FOB_SUCCESS;
    *text = strbuf_detach(&words);
    return *text != NULL ? FOB_SUCCESS : error_nomem();
}

int fob_follow_store(struct fob_context *context, unsigned seconds)
{
    struct store *store;
    int code;

    NEED(context);
    code = server_store(context, &store);
    return code == FOB_SUCCESS ? machines_follow(store, (int)seconds * 1000) : code;
}

int fob_store_schema(const char *driver, const char **text)
{
    const struct engine_class *class;
    int code;

    NEED(driver);
    NEED(text);
    code = engine_load(driver, &class);
    if (code == FOB_SUCCESS)
        *text = class->schema;
    return code;
}

struct server_rollback {
    fob_lost_fn *fn;
    void *data;
    size_t written;
};

static bool server_judge_lost(const struct mirror_lost *lost, void *data)
{
    struct server_rollback *rollback = data;
    const struct fob_lost public = {
        .size = sizeof public,
        .name = lost->name,
        .here = lost->here,
        .there = lost->there,
    };
    const bool again = rollback->fn(&public, rollback->data);

    rollback->written += again;
    return again;
}

/* Before and after, as every change is logged. */
static int server_accept(struct fob_context *context, struct store *store,
                         struct server_rollback *rollback)
{
    struct audit_event event = { .name = "rollback" };
    char detail[64];
    int code = audit_begin_event(context, &event);

    if (code != FOB_SUCCESS)
        return code;
    code = mirror_accept(store, true, server_judge_lost, rollback);
    snprintf(detail, sizeof detail, "%zu record%s written again", rollback->written,
             rollback->written == 1 ? "" : "s");
    event.code = code;
    event.detail = detail;
    audit_note_event(context, &event);
    return code;
}

int fob_accept_rollback(struct fob_context *context, unsigned flags, fob_lost_fn *fn, void *data)
{
    struct server_rollback rollback = { .fn = fn, .data = data };
    struct store *store;
    int code;

    NEED(context);
    NEED(fn);
    code = error_flags(__func__, flags, FOB_DRY_RUN);
    if (code == FOB_SUCCESS)
        code = server_store(context, &store);
    if (code != FOB_SUCCESS)
        return code;
    return (flags & FOB_DRY_RUN) != 0 ? mirror_accept(store, false, server_judge_lost, &rollback)
                                      : server_accept(context, store, &rollback);
}
