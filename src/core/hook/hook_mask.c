/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps the secrets that a hook gets out of what its plugin prints. */
#include "config.h"

#include "core/hook/hook_parts.h"

typedef void hook_secret_fn(struct span value, void *data);

static void hook_each_proof(const struct proof *proof, hook_secret_fn *fn, void *data)
{
    const struct fob_secret *value;
    const char *name;

    for (size_t i = 0; proof_get(proof, PROOF_HEADER, i, &name, &value) == FOB_SUCCESS; i++)
        fn(reveal_credential(value), data);
    for (size_t i = 0; proof_get(proof, PROOF_PARAMETER, i, &name, &value) == FOB_SUCCESS; i++)
        fn((struct span){ fob_secret_data(value), fob_secret_size(value) }, data);
}

static void hook_each_secret(const struct fob_handle *handle, hook_secret_fn *fn, void *data)
{
    const struct record *record = handle->candidate;
    const size_t fields = record != NULL ? record_field_count(record) : 0;
    const size_t tokens = record != NULL ? record_token_count(record) : 0;

    for (size_t i = 0; i < fields; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        if (field.secret)
            fn((struct span){ field.value, field.size }, data);
    }
    for (size_t i = 0; i < tokens; i++) {
        struct token token;

        record_token_at(record, i, &token);
        fn(token.value, data);
    }
    hook_each_proof(&handle->proof, fn, data);
}

struct hook_told {
    const char *text;
    size_t size; /* of the longest secret at the text */
};

static void hook_compare(struct span value, void *data)
{
    struct hook_told *told = data;
    const size_t size = reveal_size(told->text, value.data, value.size);

    told->size = size > told->size ? size : told->size;
}

/* Other threads call this: while the hook runs, nothing changes these parts of its handle. */
static size_t hook_secret_at(const void *data, const char *text)
{
    struct hook_told told = { text, 0 };

    hook_each_secret(data, hook_compare, &told);
    return told.size;
}

static void hook_keep_secret(struct span value, void *data)
{
    const struct hook_call *call = data;

    plugin_worker_keep(call->at.worker, value);
}

void hook_mask(struct hook_call *call)
{
    call->secrets = (struct worker_secrets){ .at = hook_secret_at, .data = call->handle };
    plugin_worker_mask(call->at.worker, &call->secrets);
}

void hook_keep(struct hook_call *call)
{
    hook_each_secret(call->handle, hook_keep_secret, call);
}

void hook_unmask(struct hook_call *call, bool failed)
{
    if (call->secrets.data == NULL)
        return;
    hook_keep(call);
    plugin_worker_forget(call->at.worker, &call->secrets, failed);
    call->secrets.data = NULL;
}
