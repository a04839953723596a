/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asking about one account of a sweep. */
#include "config.h"

#include "core/sweep/sweep.h"

#include "core/account/validate.h"
#include "core/hook/budget.h"
#include "util/clock.h"
#include "util/error.h"

#include <string.h>
#include <time.h>

/* A record that was read at most this many milliseconds ago is not read again. */
#define FRESH_MS 1000

static int attempt_converse(const struct fob_message *const *messages, size_t count,
                            struct fob_secret **replies, void *data)
{
    struct sweep *sweep = data;
    int code = FOB_ABORT;

    pthread_mutex_lock(&sweep->talking);
    if (!sweep->hung_up)
        code = sweep->plan.conv->converse(messages, count, replies, sweep->plan.conv->data);
    pthread_mutex_unlock(&sweep->talking);
    return code;
}

/* Whether the account was suspended while its entry was queued. */
static bool attempt_is_late(const struct sweep_attempt *attempt)
{
    return attempt->entry->was != FOB_STATUS_SUSPENDED &&
           record_status(attempt->handle->stored) == FOB_STATUS_SUSPENDED;
}

/* Takes RECORD over; it may be NULL. */
static int attempt_start(struct sweep *sweep, struct sweep_attempt *attempt, struct record *record)
{
    const struct fob_conversation conv = { sizeof conv, attempt_converse, sweep };
    const struct fob_conversation *own = sweep->plan.conv != NULL ? &conv : NULL;
    const struct queue_entry *entry = attempt->entry;
    struct fob_handle *handle;
    int code;

    if (record != NULL && budget_clock() - entry->read_at < FRESH_MS) {
        code = handle_start(sweep->context, record, own, &attempt->handle);
    } else {
        record_free(record);
        code = fob_start(sweep->context, NULL, entry->account, own, &attempt->handle);
    }
    if (code != FOB_SUCCESS)
        return code;
    if (attempt_is_late(attempt))
        return error_set(FOB_SUSPENDED, "%s: suspended meanwhile", entry->account);
    handle = attempt->handle;
    if (strcmp(handle->provider_name, attempt->provider->name) == 0)
        handle_share(handle, attempt->provider->model);
    handle->end = &sweep->end;
    if (attempt->polls) {
        handle->on_poll = sweep->poll;
        handle->poll_data = sweep;
    }
    handle->call.paid = attempt->provider->per_minute > 0;
    return FOB_SUCCESS;
}

/* Take the hook's results from the handle. */
static int attempt_learn(const struct fob_handle *handle, struct sweep_result *result)
{
    if (result->code != FOB_SUCCESS)
        return result_fail(result, result->code);
    result->remote_id = strdup(record_text(handle->candidate, FOB_TEXT_REMOTE_ID));
    result->remote_name = strdup(record_text(handle->candidate, FOB_TEXT_REMOTE_NAME));
    return result->remote_id != NULL && result->remote_name != NULL ? FOB_SUCCESS : error_nomem();
}

static void attempt_drop_result(struct sweep_attempt *attempt)
{
    result_free(attempt->result);
    attempt->result = NULL;
}

static void attempt_begin(struct sweep_attempt *attempt)
{
    attempt->handle = NULL;
    attempt->outcome = (struct outcome){ .code = FOB_NOMEM };
    attempt->result = result_new(attempt->provider->name, attempt->entry->was);
}

/* The hook's stack ended with CODE. */
static void attempt_end(struct sweep_attempt *attempt, int code)
{
    struct sweep_result *result = attempt->result;
    struct fob_handle *handle = attempt->handle;

    result->code = code;
    attempt->outcome.code = code;
    if (handle != NULL) {
        attempt->outcome.answered = handle->call.answered;
        attempt->outcome.retry_after = handle->call.retry_after;
    }
    if (attempt_learn(handle, result) != FOB_SUCCESS) {
        attempt_drop_result(attempt);
    } else if (result->verdict) {
        result->stored = handle->stored;
        handle->stored = NULL;
    }
    fob_end(handle);
    attempt->handle = NULL;
}

/* Take the entry's record, which may be NULL. */
static struct record *attempt_take_record(struct sweep_attempt *attempt)
{
    struct record *record = attempt->entry->record;

    attempt->entry->record = NULL;
    return record;
}

void attempt_make(struct sweep *sweep, struct sweep_attempt *attempt)
{
    struct record *record = attempt_take_record(attempt);
    const int64_t begun = clock_ns(CLOCK_MONOTONIC);
    struct sweep_result *result;
    int code;

    attempt_begin(attempt);
    result = attempt->result;
    if (result == NULL) {
        record_free(record);
        return;
    }
    result->asked = time(NULL);
    code = attempt_start(sweep, attempt, record);
    result->gone = code == FOB_NOT_FOUND || code == FOB_SUSPENDED;
    if (code == FOB_SUCCESS)
        code = validate_ask(attempt->handle, &result->verdict);
    attempt_end(attempt, code);
    attempt->outcome.took = clock_ns(CLOCK_MONOTONIC) - begun;
}

void attempt_refuse(struct sweep_attempt *attempt, int code)
{
    record_free(attempt_take_record(attempt));
    attempt_begin(attempt);
    attempt->outcome.code = code;
    if (attempt->result != NULL && result_fail(attempt->result, code) != FOB_SUCCESS)
        attempt_drop_result(attempt);
}
