/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Listing: which accounts a sweep validates, and how their providers are asked. */
#include "config.h"

#include "core/sweep/sweep.h"

#include "core/hook/dispatch.h"
#include "core/session/account.h"
#include "core/session/status.h"
#include "store/validated.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The largest window of a provider without a budget. */
#define WINDOW_UNLIMITED 16
/* The largest window of a provider with a budget is this part of the budget: with that many calls,
 * even if each takes ten seconds, all of the budget is used. */
#define WINDOW_SHARE 6
/* The longest wait for room for another record, in milliseconds. */
#define ROOM_MS 20

/* The sweep can be ended meanwhile. */
static int list_load_plugins(struct sweep *sweep, struct fob_handle *model)
{
    int code = handle_provider(model);

    model->end = &sweep->end;
    model->on_poll = sweep->poll;
    model->poll_data = sweep;
    if (code == FOB_SUCCESS)
        code = dispatch_prepare(model);
    if (code == FOB_SUCCESS)
        code = dispatch_bind(model, HOOK_VALIDATE);
    if (code == FOB_SUCCESS)
        code = handle_read_app(model);
    return code;
}

/* Read the provider's file and load its plugins, once for all its accounts. */
static int list_open_provider(struct sweep *sweep, struct sweep_provider *provider,
                              const char *account)
{
    int code = fob_start(sweep->context, NULL, account, sweep->plan.conv, &provider->model);

    if (code == FOB_SUCCESS)
        code = list_load_plugins(sweep, provider->model);
    provider->code = code;
    if (code != FOB_SUCCESS) {
        provider->reason = strdup(fob_error());
        provider->hint = strdup(fob_error_hint());
        fob_end(provider->model);
        provider->model = NULL;
        return provider->reason != NULL && provider->hint != NULL ? FOB_SUCCESS : error_nomem();
    }
    /* What has judged the options would keep its descriptors until the provider's turn comes. */
    if (sweep->ceiling < SWEEP_JOBS)
        plugin_workers_rest(provider->model->workers);
    provider->per_minute = provider->model->provider->budget_per_minute;
    return FOB_SUCCESS;
}

static unsigned list_window_max(const struct sweep *sweep, const struct sweep_provider *provider)
{
    int64_t max = WINDOW_UNLIMITED;

    if (provider->per_minute > 0 && provider->per_minute / WINDOW_SHARE < max)
        max = provider->per_minute >= WINDOW_SHARE ? provider->per_minute / WINDOW_SHARE : 1;
    if (sweep->plan.jobs > 0)
        max = sweep->plan.jobs;
    return (unsigned)max;
}

static int list_add_provider(struct sweep *sweep, const char *name, const char *account,
                             struct sweep_provider **provider)
{
    struct sweep_provider *new = calloc(1, sizeof *new);
    int code;

    if (new == NULL)
        return error_nomem();
    strncpy(new->name, name, FOB_NAME_MAX);
    code = list_open_provider(sweep, new, account);
    queue_init(&new->queue, list_window_max(sweep, new));
    sweep_queue_lock(&sweep->queue);
    if (sweep_queue_add_locked(&sweep->queue, new) != FOB_SUCCESS)
        code = FOB_NOMEM;
    else if (sweep->plan.jobs == 0)
        sweep->queue.in_flight_max += new->queue.window_max;
    if (sweep->queue.in_flight_max > sweep->ceiling)
        sweep->queue.in_flight_max = sweep->ceiling;
    sweep_queue_unlock(&sweep->queue);
    *provider = new;
    return code;
}

/* Find the provider NAME of ACCOUNT.  Only this thread changes the list. */
static int list_find_provider(struct sweep *sweep, const char *name, const char *account,
                              struct sweep_provider **provider)
{
    const struct sweep_queue *queue = &sweep->queue;

    for (size_t i = 0; i < queue->provider_count; i++) {
        if (strcmp(queue->providers[i]->name, name) == 0) {
            *provider = queue->providers[i];
            return FOB_SUCCESS;
        }
    }
    return list_add_provider(sweep, name, account, provider);
}

/* Wait until there is room for another record, unless the threads are slow. */
static void list_await_room_locked(struct sweep *sweep)
{
    struct sweep_queue *queue = &sweep->queue;

    if (queue->records < SWEEP_RECORDS || sweep->slow || sweep->thread_count == 0)
        return;
    sweep_queue_wait_locked(queue, &queue->room, ROOM_MS);
    sweep->slow = queue->records >= SWEEP_RECORDS;
}

/* If there is room for RECORD, takes it over and sets it to NULL. */
static int list_add_entry(struct sweep *sweep, struct sweep_provider *provider,
                          struct record **record, int status)
{
    struct queue_entry *entry = queue_entry_new(record_name(*record), status);

    if (entry == NULL)
        return error_nomem();
    sweep_queue_lock(&sweep->queue);
    sweep->queue.all++;
    if (provider->code != FOB_SUCCESS) {
        sweep_queue_refuse_locked(&sweep->queue, provider, entry);
    } else {
        list_await_room_locked(sweep);
        sweep_queue_push_locked(&sweep->queue, provider, entry, record);
        thread_call_locked(sweep);
    }
    sweep_queue_unlock(&sweep->queue);
    return FOB_SUCCESS;
}

static int list_add_account(struct sweep *sweep, const char *name, struct record **record)
{
    const char *provider_name = record_text(*record, FOB_TEXT_PROVIDER);
    const int status =
        (int)status_now(record_status(*record), record_time(*record, FOB_TIME_EXPIRES), time(NULL));
    struct sweep_provider *provider = NULL;
    bool chosen;
    int code =
        account_is_chosen(*record, sweep->validated, sweep->plan.choose, sweep->plan.data, &chosen);

    if (code != FOB_SUCCESS || !chosen)
        return code;
    if (!text_is_name(provider_name))
        return error_set(FOB_CORRUPT, "%s: the stored provider's name is not a name", name);
    code = list_find_provider(sweep, provider_name, name, &provider);
    return code == FOB_SUCCESS ? list_add_entry(sweep, provider, record, status) : code;
}

/* Report a change that on_change did not get the last time. */
static void list_tell_old_change(struct sweep *sweep, struct record *record)
{
    struct change change = {
        .account = record_name(record),
        .provider = record_text(record, FOB_TEXT_PROVIDER),
    };

    if (change_find(sweep->context, record, &change))
        persist_report_change(sweep, &change);
}

/* Finish an account that cannot be read; fob_error() says why. */
static int list_add_unread(struct sweep *sweep, const char *name, int code)
{
    struct sweep_result *result = result_new("", -1);
    struct queue_entry *entry = queue_entry_new(name, -1);

    if (result == NULL || entry == NULL || result_fail(result, code) != FOB_SUCCESS) {
        result_free(result);
        queue_entry_free(entry);
        return error_nomem();
    }
    sweep_queue_lock(&sweep->queue);
    sweep->queue.all++;
    sweep_queue_finish_locked(&sweep->queue, result, entry);
    sweep_queue_unlock(&sweep->queue);
    return FOB_SUCCESS;
}

int list_add(struct sweep *sweep, const char *name)
{
    struct record *record = NULL;
    int code = store_read(sweep->store, name, &record);

    if (code == FOB_NOT_FOUND && sweep->names != NULL)
        return FOB_SUCCESS; /* revoked meanwhile */
    if (code == FOB_SUCCESS) {
        list_tell_old_change(sweep, record);
        code = list_add_account(sweep, name, &record);
    }
    record_free(record);
    /* The other accounts are asked about nevertheless. */
    if (code == FOB_NOT_FOUND || code == FOB_CORRUPT || code == FOB_NOT_ALLOWED ||
        code == FOB_INVALID)
        code = list_add_unread(sweep, name, code);
    return code;
}

int list_names(struct sweep *sweep)
{
    const char *const *names = sweep->plan.accounts;

    if (names == NULL)
        return store_names(sweep->store, &sweep->names, &sweep->name_count);
    while (names[sweep->name_count] != NULL)
        sweep->name_count++;
    return FOB_SUCCESS;
}
