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

static int start(struct sweep *sweep, const struct task *task, struct fob_handle **handle)
{
    const struct fob_conversation conv = { converse, sweep };
    const struct fob_conversation *own = sweep->plan->conv != NULL ? &conv : NULL;
    const struct part *part = task->part;
    struct record *record = task->job->record;
    int code;

    task->job->record = NULL;
    if (record != NULL && budget_clock() - task->job->read_at < FRESH) {
        code = handle_start(sweep->context, record, own, handle);
    } else {
        record_free(record);
        code = fob_start(sweep->context, NULL, task->job->account, own, handle);
    }
    if (code != FOB_SUCCESS)
        return code;
    if (strcmp((*handle)->provider_name, part->provider) == 0)
        handle_share(*handle, part->model);
    (*handle)->end = &sweep->end;
    (*handle)->crowd = sweep->threads != NULL;
    if (task->alone) {
        (*handle)->look = sweep_look;
        (*handle)->look_data = sweep;
    }
    (*handle)->call.paid = part->per_minute > 0;
    return FOB_SUCCESS;
}

struct finding *sweep_ask(struct sweep *sweep, const struct task *task,
                          struct lane_outcome *outcome)
{
    struct finding *finding =
        finding_new(task->job->account, task->part->provider, (int)task->job->was);
    struct fob_handle *handle = NULL;

    *outcome = (struct lane_outcome){ .code = FOB_NOMEM };
    if (finding == NULL)
        return NULL;
    finding->asked = time(NULL);
    finding->code = start(sweep, task, &handle);
    finding->gone = finding->code == FOB_NOT_FOUND;
    if (finding->code == FOB_SUCCESS) {
        finding->code = validate_ask(handle, &finding->verdict);
        *outcome =
            (struct lane_outcome){ finding->code, handle->call.answered, handle->call.retry_after };
    }
    if (take_finding(handle, finding) != FOB_SUCCESS) {
        finding_free(finding);
        fob_end(handle);
        return NULL;
    }
    outcome->code = finding->code;
    if (finding->verdict) {
        finding->stored = handle->stored;
        handle->stored = NULL;
    }
    fob_end(handle);
    return finding;
}
