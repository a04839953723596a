/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a recorded link again, with the answers as they are shown now. */
#include "config.h"

#include "core/account/recorder_parts.h"

#include "core/account/link.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

/* A run takes less than a millisecond. */
#define RUNS_MAX 1000
/* Seconds by which the lifetimes of tokens may differ between runs. */
#define LIFETIMES_SLACK 10

static uint64_t recorder_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return (hash ^ size) * UINT64_C(1099511628211);
}

int recorder_answer(struct rehearsal *rehearsal, struct span items, struct rehearsal_answer *answer)
{
    struct recorder *recorder = (struct recorder *)rehearsal;
    const size_t at = recorder->run.calls++;

    *answer = (struct rehearsal_answer){ .fault = -1 };
    recorder->run.requests = recorder_hash(recorder->run.requests, items.data, items.size);
    if (at >= recorder->recording->count)
        return error_set(FOB_ABORT, "the link did not make such a call");
    if (recorder->keeps)
        strbuf_add(&recorder->sent[at], items.data, items.size);
    return recording_make_answer(recorder->recording->answers[at], answer);
}

static int recorder_keep_text(const struct record *record, enum fob_text which, char **text)
{
    free(*text);
    *text = strdup(record_text(record, which));
    return *text != NULL ? FOB_SUCCESS : error_nomem();
}

/* Note the results in HANDLE's account. */
static int recorder_note_account(struct recorder *recorder, const struct fob_handle *handle)
{
    const struct record *record = handle->candidate;
    struct recorder_run *run = &recorder->run;
    const char *id = record_text(record, FOB_TEXT_REMOTE_ID);
    const char *name = record_text(record, FOB_TEXT_REMOTE_NAME);
    int code = FOB_SUCCESS;

    run->identified = id[0] != '\0';
    run->named = name[0] != '\0';
    run->account = recorder_hash(0, id, strlen(id));
    run->account = recorder_hash(run->account, name, strlen(name));
    run->tokens = record_token_count(record);
    for (size_t i = 0; i < run->tokens; i++) {
        struct token token;

        record_token_at(record, i, &token);
        run->account = recorder_hash(run->account, token.name, strlen(token.name));
        run->account = recorder_hash(run->account, token.value.data, token.value.size);
        run->lifetimes += token.ends > 0 ? token.ends - handle_time(handle) : 0;
    }
    if (recorder->keeps)
        code = recorder_keep_text(record, FOB_TEXT_REMOTE_ID, &recorder->id);
    if (recorder->keeps && code == FOB_SUCCESS)
        code = recorder_keep_text(record, FOB_TEXT_REMOTE_NAME, &recorder->name);
    return code;
}

static int recorder_set_fields(const struct recorder *recorder, struct fob_handle *handle)
{
    const struct provider_field *field;
    int code = FOB_SUCCESS;

    for (size_t i = 0;
         code == FOB_SUCCESS && (field = provider_field_at(recorder->model->provider, i)) != NULL;
         i++) {
        const char *value = recorder->fields[i];

        if (value != NULL)
            code = handle_set_rehearsed(handle, field->public.name, value);
    }
    return code;
}

int recorder_play(struct recorder *recorder)
{
    static const struct fob_conversation nobody = { .size = sizeof nobody };
    struct fob_handle *handle = NULL;
    int code;

    if (recorder->runs++ == RUNS_MAX)
        return error_set(FOB_PROTOCOL, "the answers have too many parts to try");
    code = handle_new(recorder->model->context, "recording", &nobody, &handle);
    if (code != FOB_SUCCESS)
        return code;
    handle_share(handle, recorder->model);
    handle->workers = recorder->workers;
    handle->rehearsal = &recorder->rehearsal;
    memcpy(handle->provider_name, recorder->model->provider_name, sizeof handle->provider_name);
    recorder->run = (struct recorder_run){ .code = FOB_NOMEM };
    error_clear();
    code = recorder_set_fields(recorder, handle);
    if (code == FOB_SUCCESS) {
        recorder->run.code = link_make_candidate(handle, 0);
        code = recorder->run.code == FOB_NOMEM ? FOB_NOMEM : FOB_SUCCESS;
    }
    if (code == FOB_SUCCESS && handle->candidate != NULL)
        code = recorder_note_account(recorder, handle);
    fob_end(handle);
    return code;
}

bool recorder_is_alike_but_lifetimes(const struct recorder *recorder)
{
    const struct recorder_run *run = &recorder->run;
    const struct recorder_run *live = &recorder->live;

    return run->code == live->code && run->calls == live->calls &&
           run->identified == live->identified && run->named == live->named &&
           run->tokens == live->tokens;
}

bool recorder_is_alike(const struct recorder *recorder)
{
    const int64_t more = recorder->run.lifetimes - recorder->live.lifetimes;

    return recorder_is_alike_but_lifetimes(recorder) && more >= -LIFETIMES_SLACK &&
           more <= LIFETIMES_SLACK;
}

bool recorder_is_same(const struct recorder *recorder)
{
    return recorder_is_alike(recorder) && recorder->run.requests == recorder->live.requests &&
           recorder->run.account == recorder->live.account;
}
