/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the forms of a secret. */
#include "config.h"

#include "fob/exec/mask_forms.h"

#include "util/base64.h"
#include "util/secret.h"

#include <string.h>

/* The minimum sizes: shorter texts would be found by chance. */
#define LINE_MIN 8
#define FOLDED_MIN 3
#define UNQUOTED_MIN 4
#define BASE64_MIN 4

bool mask_is_blank(unsigned char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool mask_is_quote(unsigned char byte)
{
    return byte == '\'' || byte == '"' || byte == '\\';
}

bool mask_is_splice(unsigned char byte)
{
    return mask_is_quote(byte) || byte == '$';
}

static int mask_forms_code(bool good)
{
    return good ? FOB_SUCCESS : FOB_NOMEM;
}

/* Write the changed TEXT, and return its size. */
typedef size_t mask_change_fn(const char *text, size_t size, char *to);

/* Add TEXT after CHANGE, which writes at most SIZE bytes. */
static int forms_add_changed(struct mask_trie *trie, const char *text, size_t size, size_t min,
                             mask_change_fn *change)
{
    struct fob_secret *form = NULL;
    int code = secret_alloc(size, &form);
    size_t count;

    if (code != FOB_SUCCESS)
        return code;
    count = change(text, size, secret_buffer(form));
    if (count >= min)
        code = mask_forms_code(mask_trie_add(trie, fob_secret_data(form), count));
    fob_secret_free(form);
    return code;
}

static size_t mask_forms_fold(const char *text, size_t size, char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        char symbol = mask_is_blank(byte) ? MASK_BLANK : mask_is_quote(byte) ? MASK_QUOTE : text[i];

        if ((symbol == MASK_BLANK || symbol == MASK_QUOTE) && count > 0 && to[count - 1] == symbol)
            continue;
        to[count++] = symbol;
    }
    return count;
}

static size_t mask_forms_unquote(const char *text, size_t size, char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        if (!mask_is_splice((unsigned char)text[i]))
            to[count++] = text[i];
    }
    return count;
}

/* Remove blanks at both ends. */
static void mask_forms_trim(const char **text, size_t *size)
{
    while (*size > 0 && mask_is_blank((unsigned char)**text)) {
        ++*text;
        --*size;
    }
    while (*size > 0 && mask_is_blank((unsigned char)(*text)[*size - 1]))
        --*size;
}

/* Add the forms in which shells and people change blanks and quotes.  TEXT has no blanks at its
 * ends; TRIMMED if they were removed. */
static int forms_add_touched(struct mask_forms *forms, const char *text, size_t size, bool trimmed)
{
    bool folds = trimmed;
    bool quoted = false; /* by $'...' within other quotes */
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];

        folds |= mask_is_blank(byte) || mask_is_quote(byte);
        quoted |= byte < 0x20 || byte >= 0x7f;
    }
    if (folds)
        code =
            forms_add_changed(&forms->tries[MASK_FOLDED], text, size, FOLDED_MIN, mask_forms_fold);
    if (!quoted || code != FOB_SUCCESS)
        return code;
    forms->quoted_ends |=
        mask_is_quote((unsigned char)text[0]) || mask_is_quote((unsigned char)text[size - 1]);
    return forms_add_changed(&forms->tries[MASK_UNQUOTED], text, size, UNQUOTED_MIN,
                             mask_forms_unquote);
}

static int forms_add_lines(struct mask_forms *forms, const char *secret, size_t size)
{
    const char *const end = secret + size;
    int code = FOB_SUCCESS;

    if (memchr(secret, '\n', size) == NULL)
        return code;
    while (secret < end && code == FOB_SUCCESS) {
        const char *newline = memchr(secret, '\n', (size_t)(end - secret));
        const char *next = newline != NULL ? newline + 1 : end;
        size_t length = (size_t)(next - secret);

        mask_forms_trim(&secret, &length);
        if (length >= LINE_MIN) {
            code = mask_forms_code(mask_trie_add(&forms->tries[MASK_BYTES], secret, length));
            if (code == FOB_SUCCESS)
                code = forms_add_touched(forms, secret, length, false);
        }
        secret = next;
    }
    return code;
}

/* The secret's position in the encoded data. */
enum base64_place { BASE64_MIDDLE, BASE64_END, BASE64_PADDED };

/* Add the base64 (RFC 4648) of SECRET after BEFORE unknown bytes: only the characters that SECRET
 * alone determines. */
static int forms_add_base64(struct mask_forms *forms, const char *secret, size_t size,
                            size_t before, enum base64_place place)
{
    /* Skip the characters that the unknown bytes affect. */
    size_t skip = before == 0 ? 0 : before + 1;
    size_t bits = 8 * (before + size);
    size_t count = place == BASE64_MIDDLE ? bits / 6 : (bits + 5) / 6;
    size_t whole = place == BASE64_PADDED ? (count + 3) / 4 * 4 : count;
    struct fob_secret *form = NULL;
    int code = secret_alloc(whole, &form);
    char *to;

    if (code != FOB_SUCCESS)
        return code;
    to = secret_buffer(form);
    for (size_t i = 0; i < count; i++) {
        unsigned value = 0;

        for (size_t bit = 6 * i; bit < 6 * i + 6; bit++) {
            size_t byte = bit / 8;
            unsigned known =
                byte >= before && byte < before + size ? (unsigned char)secret[byte - before] : 0;

            value = value << 1 | (known >> (7 - bit % 8) & 1);
        }
        to[i] = base64_digit(value);
    }
    memset(to + count, '=', whole - count);
    if (whole >= skip + BASE64_MIN)
        code = mask_forms_code(mask_trie_add(&forms->tries[MASK_BASE64], to + skip, whole - skip));
    fob_secret_free(form);
    return code;
}

static int forms_add_all_base64(struct mask_forms *forms, const char *secret, size_t size)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < 3 * 3 && code == FOB_SUCCESS; i++)
        code = forms_add_base64(forms, secret, size, i % 3, (enum base64_place)(i / 3));
    return code;
}

static void forms_note_quotes(struct mask_forms *forms, const char *secret, size_t size)
{
    size_t run = 0;

    for (size_t i = 0; i < size; i++) {
        run = mask_is_splice((unsigned char)secret[i]) ? run + 1 : 0;
        if (run > forms->quotes)
            forms->quotes = run;
    }
}

/* Recode each byte beyond ASCII as a Latin-1 character in UTF-8, as fish writes it in the locale
 * C. */
static size_t mask_forms_recode(const char *text, size_t size, char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte >= 0x80)
            to[count++] = (char)(0xc0 | byte >> 6);
        to[count++] = byte >= 0x80 ? (char)(0x80 | (byte & 0x3f)) : text[i];
    }
    return count;
}

/* Put 0x83 before each byte that zsh uses as a token, and change the byte, as zsh's `set -x` writes
 * the words of for and case. */
static size_t mask_forms_escape_tokens(const char *text, size_t size, char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool token = byte >= 0x83 && byte <= 0xa2;

        if (token)
            to[count++] = (char)0x83;
        to[count++] = token ? (char)(byte ^ 0x20) : text[i];
    }
    return count;
}

/* Add TEXT, which has no blanks at its ends, after RECODE if that changes it. */
static int forms_add_recoded(struct mask_forms *forms, const char *text, size_t size,
                             mask_change_fn *recode)
{
    struct fob_secret *recoded = NULL;
    int code = secret_alloc(2 * size, &recoded);
    size_t count;

    if (code != FOB_SUCCESS)
        return code;
    count = recode(text, size, secret_buffer(recoded));
    if (count > size) {
        const char *data = fob_secret_data(recoded);

        code = mask_forms_code(mask_trie_add(&forms->tries[MASK_BYTES], data, count));
        if (code == FOB_SUCCESS)
            code = forms_add_touched(forms, data, count, false);
    }
    fob_secret_free(recoded);
    return code;
}

int mask_forms_add(struct mask_forms *forms, const char *secret, size_t size)
{
    const char *middle = secret;
    size_t length = size;
    int code = mask_forms_code(mask_trie_add(&forms->tries[MASK_BYTES], secret, size));

    forms_note_quotes(forms, secret, size);
    forms->plus |= memchr(secret, '+', size) != NULL;
    forms->backslash |= memchr(secret, '\\', size) != NULL;
    forms->latin |= memchr(secret, 0xc2, size) != NULL || memchr(secret, 0xc3, size) != NULL;
    mask_forms_trim(&middle, &length);
    if (code == FOB_SUCCESS)
        code = forms_add_touched(forms, middle, length, length < size);
    if (code == FOB_SUCCESS)
        code = forms_add_recoded(forms, middle, length, mask_forms_recode);
    if (code == FOB_SUCCESS)
        code = forms_add_recoded(forms, middle, length, mask_forms_escape_tokens);
    if (code == FOB_SUCCESS)
        code = forms_add_lines(forms, secret, size);
    return code == FOB_SUCCESS ? forms_add_all_base64(forms, secret, size) : code;
}

int mask_forms_finish(struct mask_forms *forms)
{
    bool good = true;

    for (size_t i = 0; i < MASK_FORMS; i++)
        good = good && mask_trie_finish(&forms->tries[i]);
    return mask_forms_code(good);
}

void mask_forms_clear(struct mask_forms *forms)
{
    for (size_t i = 0; i < MASK_FORMS; i++)
        mask_trie_clear(&forms->tries[i]);
}
