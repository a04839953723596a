/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob list: prints the accounts. */
#include "config.h"

#include "cli/exit.h"
#include "fob/account_view.h"
#include "fob/commands.h"
#include "fob/filter.h"
#include "fob/metrics.h"
#include "util/array.h"

#include <string.h>

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_PROMETHEUS };

struct list {
    struct filter filter;
    bool problems;
    enum format format;
    struct table table;
    struct strbuf document;
    struct metrics metrics;
    struct uses uses;
    size_t shown;
    size_t seen;
    size_t unread; /* of them, what nothing is known of */
};

/* The columns of the list, and of --problems. */
static const char *const titles[] = { "ACCOUNT", "PROVIDER", "TYPE",     "STATUS",
                                      "REMOTE",  "OWNER",    "VALIDATED" };
static const char *const problem_titles[] = { "ACCOUNT", "PROVIDER",  "OWNER",
                                              "STATUS",  "VALIDATED", "REASON" };
#define STATUS_COLUMN 3 /* in both */

/* Whether a person should look at ACCOUNT.  A suspended account is not a problem. */
static bool list_is_problem(const struct fob_account *account)
{
    switch (fob_account_status(account)) {
    case FOB_STATUS_ACTIVE:
    case FOB_STATUS_UNCHECKED:
        return fob_account_time(account, FOB_TIME_REFUSED) != 0;
    case FOB_STATUS_SUSPENDED:
        return false;
    default:
        return true;
    }
}

static const char *list_reason(const struct fob_account *account)
{
    const char *error = fob_account_text(account, FOB_TEXT_LAST_ERROR);

    return error[0] == '\0' && fob_account_status(account) == FOB_STATUS_EXPIRED
               ? "its date has passed"
               : error;
}

static void list_add_row(struct list *list, const struct fob_account *account)
{
    struct table *table = &list->table;
    const char *status = fob_status_name((int)fob_account_status(account));
    char validated[OUTPUT_TIME];

    output_time(fob_account_time(account, FOB_TIME_VALIDATED), "never", validated);
    table_add(table, fob_account_text(account, FOB_TEXT_NAME));
    table_add(table, fob_account_text(account, FOB_TEXT_PROVIDER));
    table_add(table,
              list->problems ? account_owner(account) : fob_account_text(account, FOB_TEXT_TYPE));
    table_add(table, status);
    if (!list->problems) {
        table_add(table, account_remote(account));
        table_add(table, account_owner(account));
    }
    table_add(table, validated);
    if (list->problems)
        table_add(table, list_reason(account));
}

static void cmd_list_add(struct list *list, const struct fob_account *account)
{
    list->seen++;
    if (!filter_matches(&list->filter, account) || (list->problems && !list_is_problem(account)))
        return;
    list->shown++;
    switch (list->format) {
    case FORMAT_TABLE:
        list_add_row(list, account);
        break;
    case FORMAT_JSON:
        account_json(&list->document, account, &list->uses);
        output_json_flush(&list->document);
        break;
    case FORMAT_PROMETHEUS:
        metrics_add(&list->metrics, account);
        break;
    }
}

/* Read all accounts, also after one that cannot be read. */
static int list_read_accounts(struct cli *cli, struct list *list)
{
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    int result = FOB_SUCCESS;
    int code = fob_accounts_open(cli->context, &accounts);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    while ((code = fob_accounts_next(accounts, &account)) != FOB_NOT_FOUND) {
        if (code == FOB_SUCCESS) {
            cmd_list_add(list, account);
            fob_account_free(account);
            account = NULL;
            continue;
        }
        code = cli_fail(cli, code);
        result = exit_graver(code, result);
        if (code != FOB_CORRUPT && code != FOB_NOT_ALLOWED)
            break;
        list->seen++;
        list->unread++;
    }
    fob_accounts_close(accounts);
    return result;
}

static int list_print_table(struct list *list)
{
    if (list->seen == 0)
        output_note("No account is linked yet: \"fob providers\" shows where one can be, "
                    "\"fob link PROVIDER ACCOUNT\" links it.");
    else if (list->shown == 0 && list->unread == 0)
        output_note(list->problems ? "No account has a problem." : "No account matches.");
    return table_print(&list->table, STATUS_COLUMN);
}

static int list_print(struct list *list)
{
    switch (list->format) {
    case FORMAT_JSON:
        output_json_end(&list->document, ']');
        return output_json(&list->document);
    case FORMAT_PROMETHEUS:
        return metrics_print(&list->metrics);
    default:
        return list_print_table(list);
    }
}

static int list_read_format(const struct cli *cli, enum format *format)
{
    static const char *const words[] = { "table", "json", "prometheus" };
    const char *word = options_text(&cli->options, "format");

    if (word == NULL) {
        *format = cli->json ? FORMAT_JSON : FORMAT_TABLE;
        return FOB_SUCCESS;
    }
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(word, words[i]) == 0) {
            *format = (enum format)i;
            return FOB_SUCCESS;
        }
    }
    return output_fail(FOB_INVALID, "it is one of table, json, prometheus",
                       "--format: %.64s: unknown format", word);
}

/* Show the accounts that can be read; if none can, print nothing rather than an empty list. */
static int cmd_list_show(struct cli *cli, struct list *list)
{
    int code = list_read_accounts(cli, list);
    int printed;

    if (code != FOB_SUCCESS && list->seen == 0)
        return code;
    printed = list_print(list);
    return code != FOB_SUCCESS ? code : printed;
}

static void list_begin(struct list *list, bool problems)
{
    const char *const *words = problems ? problem_titles : titles;

    list->problems = problems;
    list->table.columns = problems ? ARRAY_SIZE(problem_titles) : ARRAY_SIZE(titles);
    for (size_t i = 0; i < list->table.columns; i++)
        table_add(&list->table, words[i]);
}

static int cmd_list_run(struct cli *cli)
{
    struct list list = {
        .document = STRBUF_INIT,
        .metrics = METRICS_INIT,
    };
    int code = filter_read(cli, &list.filter);

    if (code == FOB_SUCCESS)
        code = list_read_format(cli, &list.format);
    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    list_begin(&list, options_has(&cli->options, "problems"));
    output_json_begin(&list.document, NULL, '[');
    if (list.format == FORMAT_JSON)
        uses_read(cli->context, NULL, &list.uses);
    if (list.format == FORMAT_PROMETHEUS)
        metrics_read(cli->context, &list.metrics);
    code = cmd_list_show(cli, &list);
    uses_free(&list.uses);
    strbuf_free(&list.document);
    table_free(&list.table);
    metrics_free(&list.metrics);
    return code;
}

static const struct option_spec options[] = {
    FILTER_OPTIONS,
    { "problems", NULL, "only accounts that need a person, with the reason" },
    { "format", "FORMAT", "table (the default), json, prometheus" },
    { NULL, NULL, NULL },
};

const struct command cmd_list = {
    .name = "list",
    .arguments = "",
    .summary = "show the accounts",
    .options = options,
    .run = cmd_list_run,
};
