/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Looks for what must not be in a rehearsal, in any encoding. */
#include "config.h"

#include "core/account/recorder_parts.h"

#include "core/provider/rehearsal_parts.h"
#include "util/base64.h"
#include "util/error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Shorter texts are everywhere. */
#define NEEDLE_MIN 4
/* An identity from this size on is also found within a word. */
#define NEEDLE_LONG 8
/* How deep encodings may be within one another. */
#define DEPTH_MAX 3
/* The shortest run of characters that may be base64. */
#define RUN_MIN 6

/* What must not be found. */
struct recorder_needle {
    struct span text;
    bool whole; /* only as a whole word */
};

static bool recorder_is_word(const char *text, size_t size, size_t begin, size_t end)
{
    return (begin == 0 || !isalnum((unsigned char)text[begin - 1])) &&
           (end == size || !isalnum((unsigned char)text[end]));
}

static bool recorder_has_needle(const struct recorder_needle *needle, const char *text, size_t size)
{
    const char *at = text;
    const char *end = text + size;

    while ((at = memmem(at, (size_t)(end - at), needle->text.data, needle->text.size)) != NULL) {
        const size_t begin = (size_t)(at - text);

        if (!needle->whole || recorder_is_word(text, size, begin, begin + needle->text.size))
            return true;
        at++;
    }
    return false;
}

static bool recorder_finds(const struct recorder_needle *needle, const char *text, size_t size,
                           int depth);

/* Decode the SIZE characters of base64 at TEXT, and look for NEEDLE there. */
static bool recorder_finds_in_run(const struct recorder_needle *needle, const char *text,
                                  size_t size, int depth)
{
    struct strbuf plain = STRBUF_INIT;
    unsigned bits = 0;
    bool found;

    for (size_t i = 0; i < size; i++) {
        bits = bits << 6 | (unsigned)base64_value(text[i]);
        if (i % 4 > 0) {
            const char byte = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);

            strbuf_add(&plain, &byte, 1);
        }
    }
    found =
        plain.failed || (plain.size > 0 && recorder_finds(needle, plain.data, plain.size, depth));
    strbuf_free(&plain);
    return found;
}

static bool recorder_finds_in_base64(const struct recorder_needle *needle, const char *text,
                                     size_t size, int depth)
{
    bool found = false;

    for (size_t at = 0; at < size && !found;) {
        size_t run = 0;

        while (at + run < size && base64_value(text[at + run]) >= 0)
            run++;
        /* The base64 may begin after other characters. */
        for (size_t skip = 0; run >= RUN_MIN && skip < 4 && !found; skip++)
            found = recorder_finds_in_run(needle, text + at + skip, run - skip, depth);
        at += run + 1;
    }
    return found;
}

static bool recorder_finds_in_percent(const struct recorder_needle *needle, const char *text,
                                      size_t size, int depth)
{
    struct strbuf plain = STRBUF_INIT;
    bool found;

    rehearsal_decode(text, size, &plain);
    found = plain.failed || recorder_finds(needle, plain.data, plain.size, depth);
    strbuf_free(&plain);
    return found;
}

/* Whether NEEDLE is in the SIZE bytes at TEXT, in any encoding. */
static bool recorder_finds(const struct recorder_needle *needle, const char *text, size_t size,
                           int depth)
{
    if (recorder_has_needle(needle, text, size))
        return true;
    if (depth == DEPTH_MAX)
        return false;
    if ((memchr(text, '%', size) != NULL || memchr(text, '+', size) != NULL) &&
        recorder_finds_in_percent(needle, text, size, depth + 1))
        return true;
    return recorder_finds_in_base64(needle, text, size, depth + 1);
}

static bool recorder_finds_in_node(const struct recorder_needle *needle,
                                   const struct yaml_node *node)
{
    bool found = false;

    if (node->kind == YAML_TEXT)
        return recorder_finds(needle, node->text, strlen(node->text), 0);
    for (size_t i = 0; i < node->count && !found; i++)
        found = (node->kind == YAML_MAP && recorder_finds_in_node(needle, node->keys[i])) ||
                recorder_finds_in_node(needle, node->values[i]);
    return found;
}

/* Check that FILE does not have TEXT, which is WHAT.  A text that is no SECRET may be one of the
 * provider's file. */
static int recorder_check_text(const struct recorder *recorder, const struct yaml_file *file,
                               struct span text, bool secret, const char *what)
{
    const struct recorder_needle needle = { text, !secret && text.size < NEEDLE_LONG };

    if (text.size < NEEDLE_MIN ||
        (!secret && strlen(text.data) == text.size &&
         recorder_is_public(recorder, text.data, false)) ||
        !recorder_finds_in_node(&needle, file->root))
        return FOB_SUCCESS;
    return error_set(FOB_PROTOCOL, "%s would still be in it", what);
}

static int recorder_guard_fields(const struct recorder *recorder, const struct yaml_file *file,
                                 const struct record *record)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && i < record_field_count(record); i++) {
        struct record_field field;
        char what[FOB_NAME_MAX + 16];

        record_field_at(record, i, &field);
        snprintf(what, sizeof what, "the field %s", field.name);
        code = recorder_check_text(recorder, file, (struct span){ field.value, field.size },
                                   field.secret, what);
    }
    return code;
}

static int recorder_guard_account(const struct recorder *recorder, const struct yaml_file *file)
{
    const struct record *record = recorder->model->candidate;
    int code = recorder_guard_fields(recorder, file, record);

    if (code == FOB_SUCCESS && recorder->model->app != NULL)
        code = recorder_guard_fields(recorder, file, recorder->model->app);
    for (size_t i = 0; code == FOB_SUCCESS && i < record_token_count(record); i++) {
        struct token token;

        record_token_at(record, i, &token);
        code = recorder_check_text(recorder, file, token.value, true, "a token");
    }
    for (int i = FOB_TEXT_REMOTE_ID; code == FOB_SUCCESS && i <= FOB_TEXT_REMOTE_NAME; i++)
        code = recorder_check_text(recorder, file, wire_text(record_text(record, (enum fob_text)i)),
                                   false, "the identity");
    return code;
}

/* Check the values below VALUE that examples replace. */
static int recorder_guard_value(const struct recorder *recorder, const struct yaml_file *file,
                                const struct recorded_value *value)
{
    int code = FOB_SUCCESS;

    if (value->example != NULL)
        return recorder_check_text(recorder, file, value->value.content, false,
                                   "a value of an answer");
    for (size_t i = 0; i < value->count && code == FOB_SUCCESS; i++) {
        if (!value->items[i].dropped)
            code = recorder_guard_value(recorder, file, &value->items[i]);
    }
    return code;
}

int recorder_guard(const struct recorder *recorder, const struct yaml_file *file)
{
    int code = recorder_guard_account(recorder, file);

    for (size_t i = 0; code == FOB_SUCCESS && i < recorder->recording->count; i++) {
        const struct recorded_answer *answer = recorder->recording->answers[i];

        code = recorder_guard_value(recorder, file, &answer->json);
        if (code == FOB_SUCCESS && answer->example != NULL)
            code = recorder_check_text(recorder, file, answer->text, true, "the body of an answer");
    }
    return code;
}
