/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Copies accounts without their secrets, and iterates over them. */
#include "config.h"

#include "core/session/account.h"

#include "core/session/context.h"
#include "core/session/status.h"
#include "store/validated.h"
#include "util/error.h"
#include "util/names.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct account_field {
    const char *name;
    bool secret;
};

/* One allocation, with all texts at its end. */
struct fob_account {
    const char *texts[FOB_TEXT_COUNT];
    int64_t times[FOB_TIME_COUNT];
    enum fob_status status; /* as stored */
    /* The record whose time of validation has not been read yet, or NULL; read it from VALIDATED
     * or, when that is NULL, from STORE. */
    struct record *record;
    struct validated *validated;
    struct store *store;
    const char *tokens[TOKENS_MAX + 1]; /* ends with NULL */
    size_t field_count;
    struct account_field fields[];
};

struct fob_accounts {
    struct store *store;
    struct validated *validated;
    char **names;
    size_t count;
    size_t next;
};

/* The size of all texts of RECORD. */
static size_t account_texts_size(const struct record *record)
{
    size_t size = 0;

    for (int i = 0; i < FOB_TEXT_COUNT; i++)
        size += strlen(record_text(record, (enum fob_text)i)) + 1;
    for (size_t i = 0; i < record_field_count(record); i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        size += strlen(field.name) + 1;
    }
    for (size_t i = 0; i < record_token_count(record); i++) {
        struct token token;

        record_token_at(record, i, &token);
        size += strlen(token.name) + 1;
    }
    return size;
}

/* Make an account whose texts are borrowed from RECORD, with room for TEXTS bytes at its end. */
static int account_borrow_record(const struct record *record, size_t texts,
                                 struct fob_account **account)
{
    const size_t count = record_field_count(record);
    const size_t head = sizeof(struct fob_account) + count * sizeof(struct account_field);
    struct fob_account *new = malloc(head + texts);

    if (new == NULL)
        return error_nomem();
    *new = (struct fob_account){ .status = record_status(record), .field_count = count };
    for (int i = 0; i < FOB_TEXT_COUNT; i++)
        new->texts[i] = record_text(record, (enum fob_text)i);
    for (size_t i = 0; i < count; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        new->fields[i] = (struct account_field){ field.name, field.secret };
    }
    for (size_t i = 0; i < record_token_count(record); i++) {
        struct token token;

        record_token_at(record, i, &token);
        new->tokens[i] = token.name;
    }
    for (int i = 0; i < FOB_TIME_COUNT; i++)
        new->times[i] = record_time(record, (enum fob_time)i);
    *account = new;
    return FOB_SUCCESS;
}

/* Copy *TEXT to *AT, and move *AT past the copy. */
static void account_copy_text(const char **text, char **at)
{
    size_t size = strlen(*text) + 1;

    *text = memcpy(*at, *text, size);
    *at += size;
}

int account_from_record(const struct record *record, struct fob_account **account)
{
    struct fob_account *new = NULL;
    int code = account_borrow_record(record, account_texts_size(record), &new);
    char *at;

    if (code != FOB_SUCCESS)
        return code;
    at = (char *)&new->fields[new->field_count];
    for (int i = 0; i < FOB_TEXT_COUNT; i++)
        account_copy_text(&new->texts[i], &at);
    for (size_t i = 0; i < new->field_count; i++)
        account_copy_text(&new->fields[i].name, &at);
    for (size_t i = 0; new->tokens[i] != NULL; i++)
        account_copy_text(&new->tokens[i], &at);
    *account = new;
    return FOB_SUCCESS;
}

void fob_account_free(struct fob_account *account)
{
    free(account);
}

const char *fob_account_text(const struct fob_account *account, enum fob_text which)
{
    return account != NULL && (unsigned)which < FOB_TEXT_COUNT ? account->texts[which] : "";
}

void account_set_validated_later(struct fob_account *account, struct store *store,
                                 struct record *record)
{
    account->store = store;
    account->record = record;
}

/* Read on demand: few callers need this time, and it costs more than the rest. */
static void account_read_validated(struct fob_account *account)
{
    int code;

    if (account->record == NULL)
        return;
    code = account->validated != NULL ? validated_apply(account->validated, account->record)
                                      : validated_apply_one(account->store, account->record);
    if (code == FOB_SUCCESS)
        account->times[FOB_TIME_VALIDATED] = record_time(account->record, FOB_TIME_VALIDATED);
    account->record = NULL;
}

int64_t fob_account_time(const struct fob_account *account, enum fob_time which)
{
    if (account == NULL)
        return 0;
    if (which == FOB_TIME_VALIDATED)
        account_read_validated((struct fob_account *)(uintptr_t)account);
    return (unsigned)which < FOB_TIME_COUNT ? account->times[which] : 0;
}

enum fob_status fob_account_status(const struct fob_account *account)
{
    if (account == NULL)
        return FOB_STATUS_UNCHECKED;
    return status_now(account->status, account->times[FOB_TIME_EXPIRES], time(NULL));
}

const char *fob_account_field(const struct fob_account *account, size_t index, bool *secret)
{
    if (account == NULL || index >= account->field_count)
        return NULL;
    if (secret != NULL)
        *secret = account->fields[index].secret;
    return account->fields[index].name;
}

const char *fob_account_token(const struct fob_account *account, size_t index)
{
    return account != NULL && index < TOKENS_MAX ? account->tokens[index] : NULL;
}

int account_fail_missing(struct store *store, const char *name)
{
    char **names = NULL;
    size_t count = 0;
    const char *nearest = NULL;

    if (store_names(store, &names, &count) == FOB_SUCCESS)
        nearest = text_nearest(name, (const char *const *)names, count);
    error_set(FOB_NOT_FOUND, "%s: no such account", name);
    if (nearest != NULL)
        error_hint("did you mean %s?", nearest);
    else
        error_hint("\"fob list\" shows the accounts");
    names_free(names, count);
    return FOB_NOT_FOUND;
}

int fob_read_account(struct fob_context *context, const char *name, struct fob_account **account)
{
    struct record *record = NULL;
    struct store *store;
    int code;

    NEED(context);
    NEED(name);
    NEED(account);
    code = context_store(context, &store);
    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, name, &record);
    if (code == FOB_NOT_FOUND)
        code = account_fail_missing(store, name);
    if (code == FOB_SUCCESS)
        code = validated_apply_one(store, record);
    if (code == FOB_SUCCESS)
        code = account_from_record(record, account);
    record_free(record);
    return code;
}

int fob_accounts_open(struct fob_context *context, struct fob_accounts **accounts)
{
    struct fob_accounts *new;
    int code;

    NEED(context);
    NEED(accounts);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    code = context_store(context, &new->store);
    if (code == FOB_SUCCESS)
        code = store_names(new->store, &new->names, &new->count);
    if (code != FOB_SUCCESS) {
        fob_accounts_close(new);
        return code;
    }
    *accounts = new;
    return FOB_SUCCESS;
}

/* Before the first record is read.  A store that cannot be unlocked fails the whole list. */
static int account_unlock_list(struct fob_accounts *accounts)
{
    int code = store_unlock(accounts->store);

    if (code == FOB_SUCCESS)
        code = validated_open(accounts->store, &accounts->validated);
    if (code == FOB_CORRUPT || code == FOB_NOT_ALLOWED)
        accounts->next = accounts->count;
    return code;
}

/* Read the next record that still exists. */
static int account_next_record(struct fob_accounts *accounts, struct record **record)
{
    int code = FOB_NOT_FOUND;

    if (accounts->validated == NULL && accounts->next < accounts->count) {
        code = account_unlock_list(accounts);
        if (code != FOB_SUCCESS)
            return code;
        code = FOB_NOT_FOUND;
    }

    while (code == FOB_NOT_FOUND && accounts->next < accounts->count)
        code = store_read(accounts->store, accounts->names[accounts->next++], record);
    return code;
}

int fob_accounts_next(struct fob_accounts *accounts, struct fob_account **account)
{
    struct record *record = NULL;
    int code;

    NEED(accounts);
    NEED(account);
    code = account_next_record(accounts, &record);
    if (code == FOB_SUCCESS)
        code = validated_apply(accounts->validated, record);
    if (code == FOB_SUCCESS)
        code = account_from_record(record, account);
    record_free(record);
    return code;
}

const char *fob_accounts_next_name(struct fob_accounts *accounts)
{
    return accounts != NULL && accounts->next < accounts->count ? accounts->names[accounts->next++]
                                                                : NULL;
}

void fob_accounts_close(struct fob_accounts *accounts)
{
    if (accounts == NULL)
        return;
    names_free(accounts->names, accounts->count);
    validated_free(accounts->validated);
    free(accounts);
}

int account_is_chosen(struct record *record, struct validated *validated, fob_choose_fn *choose,
                      void *data, bool *chosen)
{
    struct fob_account *account = NULL;
    int code;

    *chosen = true;
    if (choose == NULL)
        return FOB_SUCCESS;
    /* The account does not outlive the record. */
    code = account_borrow_record(record, 0, &account);
    if (code == FOB_SUCCESS) {
        account->record = validated != NULL ? record : NULL;
        account->validated = validated;
        *chosen = choose(account, data);
    }
    fob_account_free(account);
    return code;
}
