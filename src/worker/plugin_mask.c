/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps the secrets of the credential out of texts for people. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/array.h"
#include "util/reveal.h"

#include <string.h>

static size_t plugin_told_of(const char *text, const struct fob_secret *value)
{
    return reveal_size(text, fob_secret_data(value), fob_secret_size(value));
}

int plugin_keep_masked(struct fob_handle *handle, const struct fob_secret *code,
                       const struct fob_secret *verifier)
{
    const struct fob_secret *const secrets[] = { code, verifier };
    int result = FOB_SUCCESS;

    for (size_t i = 0; i < ARRAY_SIZE(secrets) && result == FOB_SUCCESS; i++) {
        fob_secret_free(handle->masked[i]);
        handle->masked[i] = NULL;
        result = fob_secret_new(fob_secret_data(secrets[i]), fob_secret_size(secrets[i]),
                                &handle->masked[i]);
    }
    return result;
}

/* The number of bytes at TEXT that reveal a secret field, a token, a sign-in, or what proves
 * requests. */
static size_t plugin_told_at(const void *data, const char *text)
{
    const struct fob_handle *handle = data;
    size_t max = reveal_proof_size(text, &handle->proof);

    for (size_t i = 0; i < handle->field_count; i++) {
        const struct plugin_field *field = &handle->fields[i];
        size_t told = field->secret ? plugin_told_of(text, field->value) : 0;

        max = told > max ? told : max;
    }
    for (size_t i = 0; i < handle->token_count; i++) {
        size_t told = plugin_told_of(text, handle->tokens[i].value);

        max = told > max ? told : max;
    }
    for (size_t i = 0; i < ARRAY_SIZE(handle->masked); i++) {
        const struct fob_secret *value = handle->masked[i];
        size_t told = value != NULL ? plugin_told_of(text, value) : 0;

        max = told > max ? told : max;
    }
    return max;
}

bool plugin_mask(const struct fob_handle *handle, char *text)
{
    return plugin_is_here(handle) && reveal_mask(text, strlen(text), plugin_told_at, handle);
}
