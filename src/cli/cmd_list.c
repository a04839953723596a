/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob list: the accounts page. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>

static const struct option_spec options[] = {
    { "provider", "PROVIDER", "only accounts at this provider" },
    { "status", "STATUS", "only accounts of this status" },
    { "type", "TYPE", "only production or test accounts" },
    { "owner", "OWNER", "only accounts whose owner has this id, name or address" },
    { NULL, NULL, NULL },
};

#define COLUMNS 7

struct row {
    char *cells[COLUMNS];
};

struct table {
    struct row *rows;
    size_t count;
};

static bool has_text(const struct fob_account *account, enum fob_text which, const char *wanted)
{
    return strcmp(fob_account_text(account, which), wanted) == 0;
}

static bool is_wanted(const struct fob_account *account, const struct parsed *parsed)
{
    const char *provider = options_get(parsed, "provider");
    const char *status = options_get(parsed, "status");
    const char *type = options_get(parsed, "type");
    const char *owner = options_get(parsed, "owner");

    return (provider == NULL || has_text(account, FOB_TEXT_PROVIDER, provider)) &&
           (status == NULL ||
            strcmp(fob_status_name((int)fob_account_status(account)), status) == 0) &&
           (type == NULL || has_text(account, FOB_TEXT_TYPE, type)) &&
           (owner == NULL || has_text(account, FOB_TEXT_OWNER_ID, owner) ||
            has_text(account, FOB_TEXT_OWNER_NAME, owner) ||
            has_text(account, FOB_TEXT_OWNER_EMAIL, owner));
}

static void free_table(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < COLUMNS; j++)
            free(table->rows[i].cells[j]);
    }
    free(table->rows);
}

static bool add_row(struct table *table, const char *const cells[COLUMNS])
{
    struct row *more = reallocarray(table->rows, table->count + 1, sizeof *more);
    struct row *row;

    if (more == NULL)
        return false;
    table->rows = more;
    row = &more[table->count++];
    for (size_t i = 0; i < COLUMNS; i++)
        row->cells[i] = output_printable(cells[i]);
    return true;
}

static bool add_account(struct table *table, const struct fob_account *account)
{
    char linked[32];
    char validated[32];
    const char *const cells[COLUMNS] = {
        fob_account_text(account, FOB_TEXT_NAME),
        fob_account_text(account, FOB_TEXT_PROVIDER),
        fob_account_text(account, FOB_TEXT_TYPE),
        fob_status_name((int)fob_account_status(account)),
        fob_account_text(account, FOB_TEXT_REMOTE_NAME),
        linked,
        validated,
    };

    output_time(fob_account_time(account, FOB_TIME_LINKED), linked);
    output_time(fob_account_time(account, FOB_TIME_VALIDATED), validated);
    return add_row(table, cells);
}

/* How many columns a text takes, near enough: its characters. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void print_table(const struct table *table)
{
    size_t widths[COLUMNS] = { 0 };

    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < COLUMNS; j++) {
            size_t width = width_of(table->rows[i].cells[j]);

            if (width > widths[j])
                widths[j] = width;
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < COLUMNS; j++) {
            const char *cell = table->rows[i].cells[j];
            int pad = j + 1 < COLUMNS ? (int)(widths[j] - width_of(cell)) + 2 : 0;

            printf("%s%*s", cell, pad, "");
        }
        putchar('\n');
    }
}

/* Go through the accounts, into TABLE or, as JSON, into OUT. */
static int collect(struct cli *cli, const struct parsed *parsed, struct table *table,
                   struct strbuf *out)
{
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    int worst = fob_accounts_open(cli->context, &accounts);
    size_t count = 0;
    int code;

    if (worst != FOB_SUCCESS)
        return report(worst);
    while ((code = fob_accounts_next(accounts, &account)) != FOB_NOT_FOUND) {
        if (code != FOB_SUCCESS) {
            report(code);
            worst = code;
            if (code != FOB_CORRUPT && code != FOB_DENIED && code != FOB_CONFIG)
                break;
            continue;
        }
        if (is_wanted(account, parsed)) {
            strbuf_text(out, count++ > 0 ? ",\n" : "");
            output_account(out, account);
            if (!add_account(table, account))
                worst = FOB_NOMEM;
        }
        fob_account_free(account);
    }
    fob_accounts_close(accounts);
    if (count == 0 && worst == FOB_SUCCESS && !cli->global.json)
        fprintf(stderr, "no accounts%s\n", parsed->option_count > 0 ? " match" : " yet");
    return exit_status(worst);
}

static int list(struct cli *cli, const struct parsed *parsed)
{
    static const char *const head[COLUMNS] = { "ACCOUNT", "PROVIDER", "TYPE", "STATUS",
                                               "REMOTE",  "LINKED",   "VALIDATED" };
    const char *wanted = options_get(parsed, "status");
    struct table table = { NULL, 0 };
    struct strbuf out = STRBUF_INIT;
    enum fob_status known;
    int status;
    int printed = 0;
    int code;

    if (wanted != NULL && fob_status_from_name(wanted, &known) != FOB_SUCCESS)
        return usage_error("--status: must be active, unchecked, degraded, rejected, expired or "
                           "suspended");
    code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return report(code);
    strbuf_text(&out, "[");
    add_row(&table, head);
    status = collect(cli, parsed, &table, &out);
    strbuf_text(&out, "]");
    if (status == 0 || status == 65 || status == 77) {
        if (cli->global.json)
            printed = output_print(&out);
        else
            print_table(&table);
    }
    strbuf_free(&out);
    free_table(&table);
    return status != 0 ? status : printed;
}

int cmd_list(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("list"), options, 0, 0 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = list(cli, &parsed);
    options_free(&parsed);
    return status;
}
