/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob list: the accounts page. */
#include "config.h"

#include "cli/account.h"
#include "cli/commands.h"
#include "cli/exit.h"
#include "util/text.h"

#include <string.h>
#include <strings.h>

#define STATUS_COLUMN 3

/* What a row must be; NULL for anything. */
struct filter {
    const char *provider;
    const char *type;
    const char *owner;
    const char *status;
};

static bool is_owner(const struct fob_account *account, const char *owner)
{
    return strcmp(fob_account_text(account, FOB_TEXT_OWNER_ID), owner) == 0 ||
           strcasecmp(fob_account_text(account, FOB_TEXT_OWNER_NAME), owner) == 0 ||
           strcasecmp(fob_account_text(account, FOB_TEXT_OWNER_EMAIL), owner) == 0;
}

static bool matches(const struct fob_account *account, const struct filter *filter)
{
    const char *status = fob_status_name((int)fob_account_status(account));

    return (filter->provider == NULL ||
            strcmp(fob_account_text(account, FOB_TEXT_PROVIDER), filter->provider) == 0) &&
           (filter->type == NULL ||
            strcmp(fob_account_text(account, FOB_TEXT_TYPE), filter->type) == 0) &&
           (filter->status == NULL || strcmp(status, filter->status) == 0) &&
           (filter->owner == NULL || is_owner(account, filter->owner));
}

/* A word that a filter can not be would give an empty list for ever. */
static int check_word(const char *option, const char *word, const char *const *known, size_t count)
{
    const char *nearest;
    char hint[160];
    size_t used = 0;

    for (size_t i = 0; word != NULL && i < count; i++) {
        if (strcmp(word, known[i]) == 0)
            return FOB_SUCCESS;
    }
    if (word == NULL)
        return FOB_SUCCESS;
    nearest = text_nearest(word, known, count);
    if (nearest != NULL) {
        snprintf(hint, sizeof hint, "did you mean %s?", nearest);
    } else {
        for (size_t i = 0; i < count && used < sizeof hint; i++)
            used += (size_t)snprintf(hint + used, sizeof hint - used, "%s%s",
                                     i == 0 ? "it is one of " : ", ", known[i]);
    }
    return output_fail(FOB_INVALID, hint, "--%s: %s: no such %s", option, word, option);
}

static int read_filter(const struct options *options, struct filter *filter)
{
    static const char *const types[] = { "production", "test" };
    const char *statuses[FOB_STATUS_COUNT];
    int code;

    for (int i = 0; i < FOB_STATUS_COUNT; i++)
        statuses[i] = fob_status_name(i);
    *filter = (struct filter){
        .provider = options_text(options, "provider"),
        .type = options_text(options, "type"),
        .owner = options_text(options, "owner"),
        .status = options_text(options, "status"),
    };
    code = check_word("type", filter->type, types, sizeof types / sizeof *types);
    if (code == FOB_SUCCESS)
        code = check_word("status", filter->status, statuses, FOB_STATUS_COUNT);
    return code;
}

struct list {
    struct filter filter;
    bool json;
    struct table table;
    struct strbuf document;
    size_t shown;
    size_t seen;
};

static void add_row(struct table *table, const struct fob_account *account)
{
    char time[OUTPUT_TIME];

    table_add(table, fob_account_text(account, FOB_TEXT_NAME));
    table_add(table, fob_account_text(account, FOB_TEXT_PROVIDER));
    table_add(table, fob_account_text(account, FOB_TEXT_TYPE));
    table_add(table, fob_status_name((int)fob_account_status(account)));
    table_add(table, account_remote(account));
    output_time(fob_account_time(account, FOB_TIME_LINKED), "never", time);
    table_add(table, time);
    output_time(fob_account_time(account, FOB_TIME_VALIDATED), "never", time);
    table_add(table, time);
}

static void take(struct list *list, const struct fob_account *account)
{
    list->seen++;
    if (!matches(account, &list->filter))
        return;
    list->shown++;
    if (list->json)
        account_json(&list->document, account);
    else
        add_row(&list->table, account);
}

/* Read all accounts; one that can not be read does not hide the others. */
static int read_accounts(struct cli *cli, struct list *list)
{
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    int result = FOB_SUCCESS;
    int code = fob_accounts_open(cli->context, &accounts);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    while ((code = fob_accounts_next(accounts, &account)) != FOB_NOT_FOUND) {
        if (code == FOB_SUCCESS) {
            take(list, account);
            fob_account_free(account);
            account = NULL;
            continue;
        }
        code = cli_fail(cli, code);
        result = exit_graver(code, result);
        if (code != FOB_CORRUPT && code != FOB_DENIED)
            break;
        list->seen++;
    }
    fob_accounts_close(accounts);
    return result;
}

static int print_list(struct list *list)
{
    if (list->json) {
        output_json_end(&list->document, ']');
        return output_json(&list->document);
    }
    if (list->seen == 0)
        output_note("No account is linked yet: \"fob providers\" shows where one can be, "
                    "\"fob link PROVIDER ACCOUNT\" links it.");
    else if (list->shown == 0)
        output_note("No account matches.");
    return table_print(&list->table, STATUS_COLUMN);
}

static int run(struct cli *cli)
{
    static const char *const titles[] = { "ACCOUNT", "PROVIDER", "TYPE",     "STATUS",
                                          "REMOTE",  "LINKED",   "VALIDATED" };
    struct list list = { .json = cli->json, .table = { .columns = 7 }, .document = STRBUF_INIT };
    int code = read_filter(&cli->options, &list.filter);
    int printed;

    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_add(&list.table, titles[i]);
    output_json_begin(&list.document, NULL, '[');
    code = read_accounts(cli, &list);
    /* A store that can not be read is no empty list. */
    if (code != FOB_SUCCESS && list.seen == 0) {
        strbuf_free(&list.document);
        table_free(&list.table);
        return code;
    }
    printed = print_list(&list);
    strbuf_free(&list.document);
    table_free(&list.table);
    return code != FOB_SUCCESS ? code : printed;
}

static const struct option_spec options[] = {
    { "provider", "PROVIDER", "only accounts at this provider" },
    { "status", "STATUS", "only accounts with this status" },
    { "type", "TYPE", "only production, or only test" },
    { "owner", "OWNER", "only accounts with this owner: id, name or email" },
    { NULL, NULL, NULL },
};

const struct command cmd_list = {
    .name = "list",
    .arguments = "",
    .summary = "show the accounts",
    .options = options,
    .run = run,
};
