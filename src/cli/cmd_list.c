/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob list: the accounts page. */
#include "config.h"

#include "cli/account.h"
#include "cli/commands.h"
#include "cli/exit.h"
#include "cli/filter.h"

#define STATUS_COLUMN 3

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
    if (!filter_matches(&list->filter, account))
        return;
    list->shown++;
    if (list->json) {
        account_json(&list->document, account);
        output_json_flush(&list->document);
    } else {
        add_row(&list->table, account);
    }
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
    int code = filter_read(cli, &list.filter);
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
    FILTER_OPTIONS,
    { NULL, NULL, NULL },
};

const struct command cmd_list = {
    .name = "list",
    .arguments = "",
    .summary = "show the accounts",
    .options = options,
    .run = run,
};
