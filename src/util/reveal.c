/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds a secret in a text, as it is or encoded. */
#include "config.h"

#include "util/reveal.h"

#include "util/base64.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Shorter secrets are not found: they occur in every text. */
#define REVEAL_MIN 4
/* A secret's beginning of this length is found, too: a text may have been cut. */
#define REVEAL_PART 8

/* The number of bytes at TEXT that reveal the SIZE bytes at SECRET, as they are or percent-encoded,
 * as a request sends them. */
static size_t reveal_plain(const char *text, const char *secret, size_t size)
{
    size_t same = 0;
    size_t told = 0;

    for (; same < size && text[told] != '\0'; same++) {
        char code[4];

        if (text[told] == secret[same]) {
            told++;
            continue;
        }
        snprintf(code, sizeof code, "%%%02X", (unsigned char)secret[same]);
        if (strncasecmp(text + told, code, 3) != 0)
            break;
        told += 3;
    }
    return same == size || same >= REVEAL_PART ? told : 0;
}

/* Whether DIGIT of base64 fits SECRET.  Its first bit is number BIT of the secret; bits before and
 * after the SIZE bytes belong to others. */
static bool reveal_fits_digit(char digit, const char *secret, size_t size, int64_t bit)
{
    const int value = base64_value(digit);

    for (int i = 5; value >= 0 && i >= 0; i--, bit++) {
        if (bit >= 0 && bit < 8 * (int64_t)size &&
            (value >> i & 1) != (secret[bit / 8] >> (7 - bit % 8) & 1))
            return false;
    }
    return value >= 0;
}

/* The number of bytes at TEXT that reveal the secret in base64, where BEFORE bytes of others are in
 * its first group of three. */
static size_t reveal_base64(const char *text, const char *secret, size_t size, size_t before)
{
    const size_t skipped = 2 * before; /* bits of the first digit */
    const size_t all = (skipped + 8 * size + 5) / 6;
    size_t told = 0;

    while (told < all &&
           reveal_fits_digit(text[told], secret, size, 6 * (int64_t)told - (int64_t)skipped))
        told++;
    return told == all || 6 * told >= skipped + 8 * REVEAL_PART ? told : 0;
}

/* The number of bytes at TEXT that reveal the secret in any of these forms. */
static size_t reveal_any(const char *text, const char *secret, size_t size)
{
    size_t max = reveal_plain(text, secret, size);

    for (size_t before = 0; before < 3; before++) {
        const size_t told = reveal_base64(text, secret, size, before);

        max = told > max ? told : max;
    }
    return max;
}

size_t reveal_size(const char *text, const char *secret, size_t size)
{
    size_t max = size >= REVEAL_MIN ? reveal_any(text, secret, size) : 0;

    for (size_t at = 0; at < size;) {
        const char *end = memchr(secret + at, '\n', size - at);
        const size_t line = end != NULL ? (size_t)(end - secret) - at : size - at;
        const size_t told =
            line >= REVEAL_PART && line < size ? reveal_plain(text, secret + at, line) : 0;

        max = told > max ? told : max;
        at += line + 1;
    }
    return max;
}

/* The size of the scheme before a header's credential, with its blank. */
static size_t reveal_scheme_size(const char *data, size_t size)
{
    const char *blank = memchr(data, ' ', size);

    return blank != NULL ? (size_t)(blank - data) + 1 : 0;
}

struct span reveal_credential(const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);
    const size_t scheme = reveal_scheme_size(data, fob_secret_size(value));

    return (struct span){ data + scheme, fob_secret_size(value) - scheme };
}

size_t reveal_proof_size(const char *text, const struct proof *proof)
{
    const struct fob_secret *value;
    const char *name;
    size_t max = 0;

    for (size_t i = 0; proof_get(proof, PROOF_HEADER, i, &name, &value) == FOB_SUCCESS; i++) {
        const struct span credential = reveal_credential(value);
        const size_t told = reveal_size(text, credential.data, credential.size);

        max = told > max ? told : max;
    }
    for (size_t i = 0; proof_get(proof, PROOF_PARAMETER, i, &name, &value) == FOB_SUCCESS; i++) {
        const size_t told = reveal_size(text, fob_secret_data(value), fob_secret_size(value));

        max = told > max ? told : max;
    }
    return max;
}

bool reveal_mask(char *text, size_t starts, reveal_fn *at, const void *data)
{
    bool masked = false;

    for (size_t i = 0; i < starts && text[i] != '\0';) {
        const size_t told = at(data, text + i);

        memset(text + i, '*', told);
        masked |= told > 0;
        i += told > 0 ? told : 1;
    }
    return masked;
}
