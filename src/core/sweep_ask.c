/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asking about one account of a sweep. */
#include "config.h"

#include "core/sweep.h"

#include "core/budget.h"
#include "core/validate.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Milliseconds for which a record that was read is as good as one that is read again. */
#define FRESH 1000

/* Take what the handle knows after its hook has run. */
static int take_finding(struct fob_handle *handle, struct finding *finding)
{
    if (finding->code != FOB_SUCCESS)
        return finding_fail(finding, finding->code);
    finding->remote_id = strdup(record_text(handle->draft, FOB_TEXT_REMOTE_ID));
    finding->remote_name = strdup(record_text(handle->draft, FOB_TEXT_REMOTE_NAME));
    return finding->remote_id != NULL && finding->remote_name != NULL ? FOB_SUCCESS : error_nomem();
}

static int converse(const struct fob_message *messages, size_t count, struct fob_secret **replies,
                    void *data)
{
    struct sweep *sweep = data;
    const struct fob_conversation *conv = sweep->plan->conv;
    int code;

    pthread_mutex_lock(&sweep->talking);
    code = conv->converse(messages, count, replies, conv->data);
    pthread_mutex_unlock(&sweep->talking);
    return code;
}

/* It was put aside while it waited for its turn. */
static bool was_suspended(const struct task *task, const struct fob_handle *handle)
{
    return task->job->was != FOB_STATUS_SUSPENDED &&
           record_status(handle->stored) == FOB_STATUS_SUSPENDED;
}

/* RECORD, which may be NULL, is taken over. */
static int start(struct sweep *sweep, const struct task *task, struct record *record,
                 struct fob_handle **handle)
{
    const struct fob_conversation conv = { converse, sweep };
    const struct fob_conversation *own = sweep->plan->conv != NULL ? &conv : NULL;
    const struct part *part = task->part;
    int code;

    if (record != NULL && budget_clock() - task->job->read_at < FRESH) {
        code = handle_start(sweep->context, record, own, handle);
    } else {
        record_free(record);
        code = fob_start(sweep->context, NULL, task->job->account, own, handle);
    }
    if (code != FOB_SUCCESS)
        return code;
    if (was_suspended(task, *handle))
        return error_set(FOB_SUSPENDED, "%s: suspended meanwhile", task->job->account);
    if (strcmp((*handle)->provider_name, part->provider) == 0)
        handle_share(*handle, part->model);
    (*handle)->end = &sweep->end;
    (*handle)->crowd = !sweep->alone;
    if (task->look) {
        (*handle)->look = sweep_look;
        (*handle)->look_data = sweep;
    }
    (*handle)->call.paid = part->per_minute > 0;
    return FOB_SUCCESS;
}

/* The record that was kept with JOB, or NULL. */
static struct record *take_record(struct lane_job *job)
{
    struct record *record = job->record;

    job->record = NULL;
    return record;
}

static void drop_finding(struct asking *asking)
{
    finding_free(asking->finding);
    asking->finding = NULL;
}

static void make_finding(struct asking *asking)
{
    const struct task *task = &asking->task;

    asking->outcome = (struct lane_outcome){ .code = FOB_NOMEM };
    asking->finding = finding_new(task->job->account, task->part->provider, (int)task->job->was);
}

/* The hook's stack has ended with CODE. */
static void take_code(struct asking *asking, int code)
{
    struct finding *finding = asking->finding;
    struct fob_handle *handle = asking->handle;

    finding->code = code;
    asking->outcome.code = code;
    if (handle != NULL) {
        asking->outcome.answered = handle->call.answered;
        asking->outcome.retry_after = handle->call.retry_after;
    }
    if (take_finding(handle, finding) != FOB_SUCCESS) {
        drop_finding(asking);
    } else if (finding->verdict) {
        finding->stored = handle->stored;
        handle->stored = NULL;
    }
    fob_end(handle);
    asking->handle = NULL;
}

void sweep_ask(struct sweep *sweep, struct asking *asking)
{
    struct record *record = take_record(asking->task.job);
    struct finding *finding;
    int code;

    make_finding(asking);
    finding = asking->finding;
    if (finding == NULL) {
        record_free(record);
        return;
    }
    finding->asked = time(NULL);
    code = start(sweep, &asking->task, record, &asking->handle);
    finding->gone = code == FOB_NOT_FOUND || code == FOB_SUSPENDED;
    if (code == FOB_SUCCESS)
        code = validate_ask(asking->handle, &finding->verdict);
    take_code(asking, code);
}

void sweep_do_not_ask(struct asking *asking, int code)
{
    record_free(take_record(asking->task.job));
    make_finding(asking);
    asking->outcome.code = code;
    if (asking->finding != NULL && finding_fail(asking->finding, code) != FOB_SUCCESS)
        drop_finding(asking);
}
