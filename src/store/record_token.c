/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The tokens of a record. */
#include "config.h"

#include "store/record_impl.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

/* The most bytes of a token that is kept beside the one that replaced it. */
#define BEFORE_MAX 8192

size_t record_token_count(const struct record *record)
{
    return record->token_count;
}

struct token record_token_of(const struct record *record, const struct record_token *entry)
{
    return (struct token){
        .name = record_bytes_of(record, entry->name),
        .value = { record_bytes_of(record, entry->value), entry->value.size },
        .since = entry->since,
        .ends = entry->ends,
    };
}

void record_token_at(const struct record *record, size_t index, struct token *token)
{
    *token = record_token_of(record, &record->tokens[index]);
}

/* The token's index, or the number of tokens when there is none. */
static size_t record_token_index(const struct record *record, const char *name)
{
    size_t i = 0;

    while (i < record->token_count &&
           strcmp(record_bytes_of(record, record->tokens[i].name), name) != 0)
        i++;
    return i;
}

int record_token_find(const struct record *record, const char *name, struct token *token)
{
    size_t index = record_token_index(record, name);

    if (index == record->token_count)
        return FOB_NOT_FOUND;
    record_token_at(record, index, token);
    return FOB_SUCCESS;
}

static int record_token_check(const struct record *record, const struct token *token)
{
    struct record_field field;

    if (!text_is_identifier(token->name))
        return error_set(FOB_INVALID, "%s: not a token's name", token->name);
    if (token->value.size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "%s: a token of %zu bytes is too large (at most %d)",
                         token->name, token->value.size, FOB_VALUE_MAX);
    if (record_find_field(record, token->name, &field) == FOB_SUCCESS)
        return error_set(FOB_INVALID, "%s: a token cannot have the name of a field", token->name);
    return FOB_SUCCESS;
}

int record_token_set(struct record *record, const struct token *token)
{
    size_t index = record_token_index(record, token->name);
    struct record_token new = { .since = token->since, .ends = token->ends };
    int code = record_token_check(record, token);

    if (code != FOB_SUCCESS)
        return code;
    if (index == TOKENS_MAX)
        return error_set(FOB_INVALID, "%s: more than %d tokens", record->name, TOKENS_MAX);
    if (index < record->token_count) {
        new.name = record->tokens[index].name;
        new.value = record->tokens[index].value;
    }
    code = record_put_bytes(record, token->value.data, token->value.size, &new.value);
    if (code == FOB_SUCCESS && index == record->token_count)
        code = record_put_bytes(record, token->name, strlen(token->name), &new.name);
    if (code != FOB_SUCCESS)
        return code;
    record->tokens[index] = new;
    if (index == record->token_count)
        record->token_count++;
    return FOB_SUCCESS;
}

static void record_token_wipe(struct record *record, const struct record_token *token)
{
    secret_wipe(record_bytes_of(record, token->value), token->value.size);
}

void record_token_drop_before(struct record *record)
{
    while (record->before_count > 0)
        record_token_wipe(record, &record->before[--record->before_count]);
}

void record_token_drop_all(struct record *record)
{
    record_token_drop_before(record);
    while (record->token_count > 0)
        record_token_wipe(record, &record->tokens[--record->token_count]);
}

void record_token_drop_ending(struct record *record)
{
    size_t kept = 0;

    record_token_drop_before(record);
    for (size_t i = 0; i < record->token_count; i++) {
        if (record->tokens[i].ends == 0)
            record->tokens[kept++] = record->tokens[i];
        else
            record_token_wipe(record, &record->tokens[i]);
    }
    record->token_count = kept;
}

bool record_token_has_before(const struct record *record)
{
    return record->before_count > 0;
}

/* Add a copy of TOKEN, which is another record's, to those that are kept. */
static int record_token_add_before(struct record *record, const struct token *token)
{
    struct record_token new = { .since = token->since, .ends = token->ends };
    int code = record_put_bytes(record, token->value.data, token->value.size, &new.value);

    if (code == FOB_SUCCESS)
        code = record_put_bytes(record, token->name, strlen(token->name), &new.name);
    if (code == FOB_SUCCESS)
        record->before[record->before_count++] = new;
    return code;
}

/* Whether RECORD has another value of OLD, which has room beside it (fob-store(5)). */
static bool record_token_replaces(const struct record *record, const struct token *old)
{
    struct token token;

    return old->ends == 0 && old->value.size <= BEFORE_MAX &&
           record_token_find(record, old->name, &token) == FOB_SUCCESS &&
           !secret_equal(token.value.data, token.value.size, old->value.data, old->value.size);
}

int record_token_keep_before(struct record *record, const struct record *old)
{
    int code = FOB_SUCCESS;

    record_token_drop_before(record);
    for (size_t i = 0; i < old->token_count && code == FOB_SUCCESS; i++) {
        const struct token token = record_token_of(old, &old->tokens[i]);

        if (record_token_replaces(record, &token))
            code = record_token_add_before(record, &token);
    }
    return code;
}

void record_token_restore_before(struct record *record)
{
    for (size_t i = 0; i < record->before_count; i++) {
        const struct record_token *entry = &record->before[i];
        const size_t index = record_token_index(record, record_bytes_of(record, entry->name));

        record_token_wipe(record, index < record->token_count ? &record->tokens[index] : entry);
        if (index < record->token_count)
            record->tokens[index] = *entry;
    }
    record->before_count = 0;
}

int record_token_copy_all(struct record *record, const struct record *from)
{
    int code = FOB_SUCCESS;

    record_token_drop_all(record);
    for (size_t i = 0; i < from->token_count && code == FOB_SUCCESS; i++) {
        struct token token;

        record_token_at(from, i, &token);
        code = record_token_set(record, &token);
    }
    for (size_t i = 0; i < from->before_count && code == FOB_SUCCESS; i++) {
        const struct token token = record_token_of(from, &from->before[i]);

        code = record_token_add_before(record, &token);
    }
    return code;
}

bool record_token_same_all(const struct record *a, const struct record *b)
{
    if (a->token_count != b->token_count)
        return false;
    for (size_t i = 0; i < a->token_count; i++) {
        struct token one;
        struct token other;

        record_token_at(a, i, &one);
        if (record_token_find(b, one.name, &other) != FOB_SUCCESS || one.ends != other.ends ||
            one.since != other.since ||
            !secret_equal(one.value.data, one.value.size, other.value.data, other.value.size))
            return false;
    }
    return true;
}
