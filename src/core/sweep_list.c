/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which accounts a sweep is about, and what their providers' files say. */
#include "config.h"

#include "core/sweep.h"

#include "core/account.h"
#include "core/budget.h"
#include "core/dispatch.h"
#include "core/status.h"
#include "store/confirmed.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How many calls at a time a provider without a budget gets. */
#define MOST_UNLIMITED 16
/* A call takes some ten seconds when it takes long: so many a minute are never more at a time. */
#define MOST_PART 6
/* After so many it is looked what is finished. */
#define ATTEND 256

struct finding *finding_new(const char *account, const char *provider, int status)
{
    struct finding *new = malloc(sizeof *new);

    if (new == NULL)
        return NULL;
    *new = (struct finding){ .was = status, .status = status, .untold = -1 };
    strncpy(new->account, account, FOB_NAME_MAX);
    strncpy(new->provider, provider, FOB_NAME_MAX);
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

static void free_part(struct part *part)
{
    fob_end(part->model);
    free(part->reason);
    free(part->hint);
    free(part);
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

static int add_part(struct sweep *sweep, const char *provider, const char *account,
                    struct part **part)
{
    struct part *new = calloc(1, sizeof *new);
    struct part **more;
    int code = new != NULL ? FOB_SUCCESS : error_nomem();

    if (code != FOB_SUCCESS)
        return code;
    strncpy(new->provider, provider, FOB_NAME_MAX);
    code = open_part(sweep, new, account);
    lane_init(&new->lane, most_of(sweep, new));
    sweep_lock(sweep);
    more = reallocarray(sweep->parts, sweep->part_count + 1, sizeof *more);
    if (more != NULL) {
        sweep->parts = more;
        more[sweep->part_count++] = new;
        sweep->most += sweep->plan->jobs == 0 ? new->lane.most : 0;
        if (sweep->most > sweep->ceiling)
            sweep->most = sweep->ceiling;
    }
    process_unlock(&sweep->lock);
    if (more == NULL) {
        free_part(new);
        return error_nomem();
    }
    *part = new;
    return code;
}

/* The part of PROVIDER, where ACCOUNT is one.  Only this thread changes the list. */
static int find_part(struct sweep *sweep, const char *provider, const char *account,
                     struct part **part)
{
    for (size_t i = 0; i < sweep->part_count; i++) {
        if (strcmp(sweep->parts[i]->provider, provider) == 0) {
            *part = sweep->parts[i];
            return FOB_SUCCESS;
        }
    }
    return add_part(sweep, provider, account, part);
}

/* With the lock held: an account that is not asked about, for the reason that fob_error() tells. */
static int finish_unasked(struct sweep *sweep, struct finding *finding, int code)
{
    int result = finding != NULL ? finding_fail(finding, code) : error_nomem();

    if (result != FOB_SUCCESS) {
        finding_free(finding);
        return result;
    }
    sweep_finish(sweep, finding);
    return FOB_SUCCESS;
}

int sweep_fail(struct sweep *sweep, const struct part *part, const char *name, int status)
{
    error_set(part->code, "%s", part->reason != NULL ? part->reason : "");
    if (part->hint != NULL && part->hint[0] != '\0')
        error_hint("%s", part->hint);
    return finish_unasked(sweep, finding_new(name, part->provider, status), part->code);
}

/* With the lock held.  RECORD is taken over, and NULL then, when there is room for it. */
static int add_job(struct sweep *sweep, struct part *part, struct record **record, int status)
{
    struct lane_job *job = malloc(sizeof *job);

    if (job == NULL)
        return error_nomem();
    *job = (struct lane_job){ .was = (enum fob_status)status };
    strncpy(job->account, record_name(*record), FOB_NAME_MAX);
    sweep_await_room(sweep);
    if (sweep->records < SWEEP_RECORDS) {
        job->record = *record;
        job->read_at = budget_clock();
        *record = NULL;
        sweep->records++;
    }
    lane_add(&part->lane, job);
    sweep->open++;
    sweep_call_help(sweep);
    return FOB_SUCCESS;
}

static int add_account(struct sweep *sweep, const char *name, struct record **record)
{
    const char *provider = record_text(*record, FOB_TEXT_PROVIDER);
    const int status =
        (int)status_now(record_status(*record), record_time(*record, FOB_TIME_EXPIRES), time(NULL));
    struct part *part = NULL;
    bool chosen;
    int code = account_is_chosen(*record, sweep->confirmed, sweep->plan->choose, sweep->plan->data,
                                 &chosen);

    if (code != FOB_SUCCESS || !chosen)
        return code;
    if (!text_is_name(provider))
        return error_set(FOB_CORRUPT, "%s: the stored provider's name is not a name", name);
    code = find_part(sweep, provider, name, &part);
    if (code != FOB_SUCCESS)
        return code;
    sweep_lock(sweep);
    sweep->all++;
    code = part->code != FOB_SUCCESS ? sweep_fail(sweep, part, name, status)
                                     : add_job(sweep, part, record, status);
    process_unlock(&sweep->lock);
    return code;
}

/* A change that on_change could not be told of the last time. */
static void tell_old_change(struct sweep *sweep, struct record *record)
{
    struct change change = {
        .account = record_name(record),
        .provider = record_text(record, FOB_TEXT_PROVIDER),
    };

    if (change_find(sweep->context, record, &change))
        sweep_tell_change(sweep, &change);
}

static int add_name(struct sweep *sweep, const char *name)
{
    struct record *record = NULL;
    int code = store_read(sweep->store, name, &record);

    if (code == FOB_NOT_FOUND && sweep->names != NULL)
        return FOB_SUCCESS; /* revoked meanwhile */
    if (code == FOB_SUCCESS) {
        tell_old_change(sweep, record);
        code = add_account(sweep, name, &record);
    }
    record_free(record);
    /* An account that can not be read does not keep the others from being asked about. */
    if (code == FOB_NOT_FOUND || code == FOB_CORRUPT || code == FOB_NOT_ALLOWED ||
        code == FOB_INVALID) {
        sweep_lock(sweep);
        sweep->all++;
        code = finish_unasked(sweep, finding_new(name, "", -1), code);
        process_unlock(&sweep->lock);
    }
    return code;
}

int sweep_count(struct sweep *sweep)
{
    const char *const *names = sweep->plan->accounts;

    if (names == NULL)
        return store_names(sweep->store, &sweep->names, &sweep->name_count);
    while (names[sweep->name_count] != NULL)
        sweep->name_count++;
    return FOB_SUCCESS;
}

int sweep_list(struct sweep *sweep)
{
    /* What keeps the store shut is told once, not once an account. */
    int code = store_unlock(sweep->store);

    if (code == FOB_SUCCESS)
        code = confirmed_open(sweep->store, &sweep->confirmed);
    for (size_t i = 0; i < sweep->name_count && code == FOB_SUCCESS; i++) {
        code = add_name(sweep, sweep->names != NULL ? sweep->names[i] : sweep->plan->accounts[i]);
        sweep->read = i + 1;
        if (code == FOB_SUCCESS && i % ATTEND == ATTEND - 1)
            code = sweep_attend(sweep);
    }
    return code;
}

void sweep_free_list(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->part_count; i++)
        free_part(sweep->parts[i]);
    free(sweep->parts);
    confirmed_free(sweep->confirmed);
    if (sweep->names != NULL)
        store_names_free(sweep->names, sweep->name_count);
}
