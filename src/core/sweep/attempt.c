/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asking about the accounts of an attempt. */
#include "config.h"

#include "core/sweep/sweep.h"

#include "core/account/validate.h"
#include "core/hook/budget.h"
#include "core/hook/renew.h"
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
static bool attempt_is_late(const struct sweep_question *question)
{
    return question->entry->was != FOB_STATUS_SUSPENDED &&
           record_status(question->handle->stored) == FOB_STATUS_SUSPENDED;
}

/* Start QUESTION's handle.  Takes RECORD over; it may be NULL. */
static int attempt_start(struct sweep *sweep, const struct sweep_attempt *attempt,
                         struct sweep_question *question, struct record *record)
{
    const struct fob_conversation conv = { .size = sizeof conv,
                                           .converse = attempt_converse,
                                           .data = sweep };
    const struct fob_conversation *own = sweep->plan.conv != NULL ? &conv : NULL;
    const struct queue_entry *entry = question->entry;
    struct fob_handle *handle;
    int code;

    if (record != NULL && budget_clock() - entry->read_at < FRESH_MS) {
        code = handle_start(sweep->context, record, own, &question->handle);
    } else {
        record_free(record);
        code = fob_start(sweep->context, NULL, entry->account, own, &question->handle);
    }
    if (code != FOB_SUCCESS)
        return code;
    if (attempt_is_late(question))
        return error_set(FOB_SUSPENDED, "%s: suspended meanwhile", entry->account);
    handle = question->handle;
    if (strcmp(handle->provider_name, attempt->provider->name) == 0) {
        handle_share(handle, attempt->provider->model);
        handle->app = attempt->provider->model->app;
    }
    handle->end = &sweep->end;
    if (attempt->polls) {
        handle->on_poll = sweep->poll;
        handle->poll_data = sweep;
    }
    handle->call.paid = attempt->provider->per_minute > 0;
    validate_prepare(handle, (sweep->plan.flags & FOB_NOW) != 0);
    return handle_make_candidate(handle);
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

static void attempt_drop_result(struct sweep_question *question)
{
    result_free(question->result);
    question->result = NULL;
}

/* The account's validation ended with CODE. */
static void attempt_end(struct sweep_question *question, int code)
{
    struct sweep_result *result = question->result;
    struct fob_handle *handle = question->handle;

    question->asked = true;
    result->code = code;
    question->outcome.code = code;
    if (handle != NULL) {
        question->outcome.answered = handle->call.answered;
        question->outcome.retry_after = handle->call.retry_after;
    }
    if (attempt_learn(handle, result) != FOB_SUCCESS) {
        attempt_drop_result(question);
    } else if (result->verdict) {
        result->stored = handle->stored;
        handle->stored = NULL;
    }
    fob_end(handle);
    question->handle = NULL;
}

/* Begin QUESTION.  Returns whether its provider is to be asked. */
static bool attempt_begin(struct sweep *sweep, const struct sweep_attempt *attempt,
                          struct sweep_question *question)
{
    struct record *record = question->entry->record;
    int code;

    question->entry->record = NULL;
    question->handle = NULL;
    question->outcome = (struct outcome){ .code = FOB_NOMEM };
    question->result = result_new(attempt->provider->name, question->entry->was);
    question->asked = question->result == NULL;
    if (question->asked) {
        record_free(record);
        return false;
    }
    question->result->asked = time(NULL);
    code = attempt_start(sweep, attempt, question, record);
    if (code == FOB_SUCCESS)
        return true;
    question->result->gone = code == FOB_NOT_FOUND || code == FOB_SUSPENDED;
    attempt_end(question, code);
    return false;
}

static void attempt_judge(struct sweep_question *question, int code)
{
    attempt_end(question, validate_judge(question->handle, code, &question->result->verdict));
}

/* The questions of an attempt that can be asked together. */
struct attempt_batch {
    struct sweep_question *questions[DISPATCH_BATCH];
    struct fob_handle *handles[DISPATCH_BATCH];
    size_t count;
    bool now;
    struct sweep_question *rejected; /* the hook's verdict, which may not be the last word … */
    struct saved_error error;        /* … and its error */
};

static void attempt_tell(size_t index, int code, void *data)
{
    struct attempt_batch *batch = data;
    struct sweep_question *question = batch->questions[index];

    if (code == FOB_REJECTED) {
        batch->rejected = question;
        error_save(&batch->error);
        return;
    }
    attempt_judge(question, renew_after(question->handle, HOOK_VALIDATE, batch->now, code));
}

/* A hook of the batch rejected the credential. */
static void attempt_tell_rejected(struct attempt_batch *batch)
{
    struct sweep_question *question = batch->rejected;

    error_restore(&batch->error, FOB_REJECTED);
    attempt_judge(question, renew_after(question->handle, HOOK_VALIDATE, batch->now, FOB_REJECTED));
}

/* Ask one question. */
static void attempt_ask_one(struct sweep_question *question, bool now)
{
    attempt_judge(question, renew_and_dispatch(question->handle, HOOK_VALIDATE, now));
}

/* Ask the questions that were begun. */
static void attempt_ask(struct attempt_batch *batch)
{
    if (batch->count > 1)
        dispatch_batch(batch->handles, batch->count, HOOK_VALIDATE, attempt_tell, batch);
    if (batch->rejected != NULL)
        attempt_tell_rejected(batch);
    if (batch->count > 0 && !batch->questions[0]->asked)
        attempt_ask_one(batch->questions[0], batch->now);
}

void attempt_make(struct sweep *sweep, struct sweep_attempt *attempt)
{
    const int64_t begun = clock_ns(CLOCK_MONOTONIC);
    struct attempt_batch batch = { .now = (sweep->plan.flags & FOB_NOW) != 0 };
    int64_t took;

    for (size_t i = 0; i < attempt->count; i++) {
        struct sweep_question *question = &attempt->questions[i];

        if (!attempt_begin(sweep, attempt, question))
            continue;
        /* It has another provider by now, or needs another call before. */
        if (!question->handle->shares || renew_is_due(question->handle, batch.now)) {
            attempt_ask_one(question, batch.now);
            continue;
        }
        batch.questions[batch.count] = question;
        batch.handles[batch.count++] = question->handle;
    }
    attempt_ask(&batch);
    took = (clock_ns(CLOCK_MONOTONIC) - begun) / (int64_t)attempt->count;
    for (size_t i = 0; i < attempt->count; i++) {
        struct sweep_question *question = &attempt->questions[i];

        question->outcome.took = took;
        if (question->asked)
            continue;
        attempt_drop_result(question);
        fob_end(question->handle);
        question->handle = NULL;
    }
}

void attempt_refuse(struct sweep_attempt *attempt, int code)
{
    struct sweep_question *question = &attempt->questions[0];

    record_free(question->entry->record);
    question->entry->record = NULL;
    question->asked = true;
    question->outcome = (struct outcome){ .code = code };
    question->result = result_new(attempt->provider->name, question->entry->was);
    if (question->result != NULL && result_fail(question->result, code) != FOB_SUCCESS)
        attempt_drop_result(question);
}
