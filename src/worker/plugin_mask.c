/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps the secrets of the credential out of texts for people. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/array.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A plugin may repeat a secret, or quote an answer that does.  Shorter values are not masked: they
 * occur in every text. */
#define MASKED_MIN 4
/* A secret's beginning of this length is masked, too: a text may have been cut. */
#define MASKED_PART 8

/* The number of bytes at TEXT that reveal the SIZE bytes at SECRET, as they are or percent-encoded,
 * as a request sends them. */
static size_t plugin_told_of(const char *text, const char *secret, size_t size)
{
    size_t same = 0;
    size_t told = 0;

    if (size < MASKED_MIN)
        return 0;
    for (; same < size && text[told] != '\0'; same++) {
        char code[4];

        snprintf(code, sizeof code, "%%%02X", (unsigned char)secret[same]);
        if (text[told] != secret[same] && strncasecmp(text + told, code, 3) != 0)
            break;
        told += text[told] == secret[same] ? 1 : 3;
    }
    return same == size || same >= MASKED_PART ? told : 0;
}

/* Whether DIGIT of base64 fits SECRET.  Its first bit is number BIT of the secret; bits before and
 * after the SIZE bytes belong to others. */
static bool plugin_fits_digit(char digit, const char *secret, size_t size, int64_t bit)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

    if (digit == '-' || digit == '_')
        found = digits + (digit == '-' ? 62 : 63);
    for (int i = 5; found != NULL && i >= 0; i--, bit++) {
        if (bit >= 0 && bit < 8 * (int64_t)size &&
            ((found - digits) >> i & 1) != (secret[bit / 8] >> (7 - bit % 8) & 1))
            return false;
    }
    return found != NULL;
}

/* The number of bytes at TEXT that reveal the secret in base64, where BEFORE bytes of others are in
 * its first group of three. */
static size_t plugin_told_in_base64(const char *text, const char *secret, size_t size,
                                    size_t before)
{
    const size_t skipped = 2 * before; /* bits of the first digit */
    const size_t all = (skipped + 8 * size + 5) / 6;
    size_t told = 0;

    if (size < MASKED_MIN)
        return 0;
    while (told < all &&
           plugin_fits_digit(text[told], secret, size, 6 * (int64_t)told - (int64_t)skipped))
        told++;
    return told == all || 6 * told >= skipped + 8 * MASKED_PART ? told : 0;
}

/* The number of bytes at TEXT that reveal VALUE after its FIRST bytes in any of these forms. */
static size_t plugin_told_of_value(const char *text, const struct fob_secret *value, size_t first)
{
    const char *data = fob_secret_data(value) + first;
    const size_t size = fob_secret_size(value) - first;
    size_t max = plugin_told_of(text, data, size);

    for (size_t before = 0; before < 3; before++) {
        const size_t told = plugin_told_in_base64(text, data, size, before);

        max = told > max ? told : max;
    }
    return max;
}

/* The size of the scheme before a header's credential, with its blank. */
static size_t plugin_scheme_size(const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);
    const char *blank = memchr(data, ' ', fob_secret_size(value));

    return blank != NULL ? (size_t)(blank - data) + 1 : 0;
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

/* The same of what proves requests. */
static size_t plugin_told_of_proof(const char *text, const struct proof *proof)
{
    const struct fob_secret *value;
    const char *name;
    size_t max = 0;

    for (size_t i = 0; proof_get(proof, PROOF_HEADER, i, &name, &value) == FOB_SUCCESS; i++) {
        size_t told = plugin_told_of_value(text, value, plugin_scheme_size(value));

        max = told > max ? told : max;
    }
    for (size_t i = 0; proof_get(proof, PROOF_PARAMETER, i, &name, &value) == FOB_SUCCESS; i++) {
        size_t told = plugin_told_of_value(text, value, 0);

        max = told > max ? told : max;
    }
    return max;
}

/* The same of a secret field, a token, a sign-in, or what proves requests. */
static size_t plugin_told_at(const struct fob_handle *handle, const char *text)
{
    size_t max = plugin_told_of_proof(text, &handle->proof);

    for (size_t i = 0; i < handle->field_count; i++) {
        const struct plugin_field *field = &handle->fields[i];
        size_t told = field->secret ? plugin_told_of_value(text, field->value, 0) : 0;

        max = told > max ? told : max;
    }
    for (size_t i = 0; i < handle->token_count; i++) {
        size_t told = plugin_told_of_value(text, handle->tokens[i].value, 0);

        max = told > max ? told : max;
    }
    for (size_t i = 0; i < ARRAY_SIZE(handle->masked); i++) {
        const struct fob_secret *value = handle->masked[i];
        size_t told = value != NULL ? plugin_told_of_value(text, value, 0) : 0;

        max = told > max ? told : max;
    }
    return max;
}

bool plugin_mask(const struct fob_handle *handle, char *text)
{
    bool masked = false;

    if (!plugin_is_here(handle))
        return false;
    while (*text != '\0') {
        size_t told = plugin_told_at(handle, text);

        memset(text, '*', told);
        masked |= told > 0;
        text += told > 0 ? told : 1;
    }
    return masked;
}
