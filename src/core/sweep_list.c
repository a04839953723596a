/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which accounts a sweep is about, and what their providers' files say. */
#include "config.h"

#include "core/sweep.h"

#include "core/account.h"
#include "core/dispatch.h"
#include "core/status.h"
#include "store/confirmed.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How many calls at a time a provider without a budget gets. */
#define MOST_UNLIMITED 8
/* A call takes some ten seconds when it takes long: so many a minute are never more at a time. */
#define MOST_PART 6

struct finding *finding_new(const char *account, const char *provider, int status)
{
    struct finding *new = calloc(1, sizeof *new);

    if (new == NULL)
        return NULL;
    strncpy(new->account, account, FOB_NAME_MAX);
    strncpy(new->provider, provider, FOB_NAME_MAX);
    new->was = status;
    new->status = status;
    return new;
}

int finding_fail(struct finding *finding, int code)
{
    free(finding->reason);
    free(finding->hint);
    finding->code = code;
    finding->reason = strdup(fob_error());
    finding->hint = strdup(fob_error_hint());
    return finding->reason != NULL && finding->hint != NULL ? FOB_SUCCESS : error_nomem();
}

void finding_free(struct finding *finding)
{
    if (finding == NULL)
        return;
    free(finding->reason);
    free(finding->hint);
    free(finding->remote_id);
    free(finding->remote_name);
    record_free(finding->stored);
    free(finding);
}

void sweep_finish(struct sweep *sweep, struct finding *finding)
{
    finding->next = NULL;
    *sweep->finished_last = finding;
    sweep->finished_last = &finding->next;
    sweep->finished_count++;
}

/* Read the provider's file and load its plugins once, for all accounts there. */
static int open_part(struct sweep *sweep, struct part *part, const char *account)
{
    int code = fob_start(sweep->context, NULL, account, sweep->plan->conv, &part->model);

    if (code == FOB_SUCCESS)
        code = handle_provider(part->model);
    if (code == FOB_SUCCESS)
        code = dispatch_prepare(part->model);
    if (code == FOB_SUCCESS)
        code = dispatch_bind(part->model, HOOK_VALIDATE);
    part->code = code;
    if (code != FOB_SUCCESS) {
        part->reason = strdup(fob_error());
        part->hint = strdup(fob_error_hint());
        fob_end(part->model);
        part->model = NULL;
        return part->reason != NULL && part->hint != NULL ? FOB_SUCCESS : error_nomem();
    }
    part->per_minute = part->model->provider->budget_per_minute;
    return FOB_SUCCESS;
}

static unsigned most_of(const struct sweep *sweep, const struct part *part)
{
    int64_t most = MOST_UNLIMITED;

    if (part->per_minute > 0 && part->per_minute / MOST_PART < most)
        most = part->per_minute >= MOST_PART ? part->per_minute / MOST_PART : 1;
    if (sweep->plan->jobs > 0)
        most = sweep->plan->jobs;
    return (unsigned)most;
}

static int add_part(struct sweep *sweep, const char *provider, const char *account)
{
    struct part **more = reallocarray(sweep->parts, sweep->part_count + 1, sizeof *more);
    struct part *part = more != NULL ? calloc(1, sizeof *part) : NULL;
    int code;

    if (more != NULL)
        sweep->parts = more;
    if (part == NULL)
        return error_nomem();
    sweep->parts[sweep->part_count++] = part;
    strncpy(part->provider, provider, FOB_NAME_MAX);
    code = open_part(sweep, part, account);
    lane_init(&part->lane, most_of(sweep, part));
    return code;
}

/* The part of PROVIDER, where ACCOUNT is one. */
static int find_part(struct sweep *sweep, const char *provider, const char *account,
                     struct part **part)
{
    int code = FOB_SUCCESS;
    size_t at = 0;

    while (at < sweep->part_count && strcmp(sweep->parts[at]->provider, provider) != 0)
        at++;
    if (at == sweep->part_count)
        code = add_part(sweep, provider, account);
    if (code == FOB_SUCCESS)
        *part = sweep->parts[at];
    return code;
}

static int add_account(struct sweep *sweep, const char *name, const struct record *record)
{
    const char *provider = record_text(record, FOB_TEXT_PROVIDER);
    struct part *part = NULL;
    struct lane_job *job;
    bool chosen;
    int code = account_is_chosen(record, sweep->plan->choose, sweep->plan->data, &chosen);

    if (code != FOB_SUCCESS || !chosen)
        return code;
    if (!text_is_name(provider))
        return error_set(FOB_CORRUPT, "%s: the stored provider's name is not a name", name);
    code = find_part(sweep, provider, name, &part);
    if (code != FOB_SUCCESS)
        return code;
    job = calloc(1, sizeof *job);
    if (job == NULL)
        return error_nomem();
    memcpy(job->account, name, strlen(name) + 1);
    job->was = status_now(record_status(record), record_time(record, FOB_TIME_EXPIRES), time(NULL));
    lane_add(&part->lane, job);
    sweep->all++;
    sweep->open++;
    return FOB_SUCCESS;
}

/* An account that can not be read does not keep the others from being asked about. */
static int add_unread(struct sweep *sweep, const char *name, int code)
{
    struct finding *finding = finding_new(name, "", -1);
    int result = finding != NULL ? finding_fail(finding, code) : error_nomem();

    if (result != FOB_SUCCESS) {
        finding_free(finding);
        return result;
    }
    sweep_finish(sweep, finding);
    sweep->all++;
    return FOB_SUCCESS;
}

static int add_name(struct sweep *sweep, const char *name, bool wanted)
{
    struct record *record = NULL;
    int code = store_read(sweep->store, name, &record);

    if (code == FOB_NOT_FOUND && !wanted)
        return FOB_SUCCESS; /* revoked meanwhile */
    if (code == FOB_SUCCESS)
        code = confirmed_apply(sweep->confirmed, record);
    if (code == FOB_SUCCESS)
        code = add_account(sweep, name, record);
    record_free(record);
    if (code == FOB_NOT_FOUND || code == FOB_CORRUPT || code == FOB_DENIED || code == FOB_INVALID)
        code = add_unread(sweep, name, code);
    return code;
}

static int add_all(struct sweep *sweep)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names(sweep->store, &names, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code = add_name(sweep, names[i], false);
    store_names_free(names, count);
    return code;
}

int sweep_list(struct sweep *sweep)
{
    const char *const *name = sweep->plan->accounts;
    /* What keeps the store shut is told once, not once an account. */
    int code = store_unlock(sweep->store);

    if (code == FOB_SUCCESS)
        code = confirmed_read(sweep->store, &sweep->confirmed);
    if (code == FOB_SUCCESS && name == NULL)
        return add_all(sweep);
    for (; code == FOB_SUCCESS && *name != NULL; name++)
        code = add_name(sweep, *name, true);
    return code;
}

void sweep_free_list(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->part_count; i++) {
        struct part *part = sweep->parts[i];

        while (part->lane.first != NULL)
            free(lane_begin(&part->lane));
        fob_end(part->model);
        free(part->reason);
        free(part->hint);
        free(part);
    }
    free(sweep->parts);
    confirmed_free(sweep->confirmed);
}
