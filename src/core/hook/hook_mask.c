/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps the secrets that a hook gets out of what its plugin prints. */
#include "config.h"

#include "core/hook/hook_parts.h"

static size_t hook_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Other threads call this: while the hook runs, nothing changes these parts of its handle. */
static size_t hook_secret_at(const void *data, const char *text)
{
    const struct fob_handle *handle = data;
    const struct record *record = handle->candidate;
    const size_t fields = record != NULL ? record_field_count(record) : 0;
    const size_t tokens = record != NULL ? record_token_count(record) : 0;
    size_t max = reveal_proof_size(text, &handle->proof);

    for (size_t i = 0; i < fields; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        if (field.secret)
            max = hook_max(max, reveal_size(text, field.value, field.size));
    }
    for (size_t i = 0; i < tokens; i++) {
        struct token token;

        record_token_at(record, i, &token);
        max = hook_max(max, reveal_size(text, token.value.data, token.value.size));
    }
    return max;
}

void hook_mask(struct hook_call *call)
{
    call->secrets = (struct worker_secrets){ .at = hook_secret_at, .data = call->handle };
    plugin_worker_mask(call->at.worker, &call->secrets);
}

void hook_unmask(struct hook_call *call, bool failed)
{
    if (call->secrets.data != NULL)
        plugin_worker_forget(call->at.worker, &call->secrets, failed);
    call->secrets.data = NULL;
}
