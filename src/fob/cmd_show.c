/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob show: prints everything about one account except its secrets. */
#include "config.h"

#include "fob/account_view.h"
#include "fob/commands.h"
#include "util/text.h"

#include <string.h>

static void cmd_show_print_text(const char *label, const char *value)
{
    if (value[0] != '\0')
        output_line("%s: %s", label, value);
}

static void show_print_time(const char *label, int64_t when, const char *never)
{
    char text[OUTPUT_TIME];

    output_time(when, never, text);
    cmd_show_print_text(label, text);
}

/* Print a field that is not secret. */
static int show_print_value(struct cli *cli, const char *name)
{
    struct fob_secret *value = NULL;
    int code = fob_get_field(cli->handle, name, &value);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    output_line("Field %s: %s", name, fob_secret_data(value));
    fob_secret_free(value);
    return FOB_SUCCESS;
}

static void show_print_variables(const struct fob_account *account)
{
    const char *text = fob_account_text(account, FOB_TEXT_VARIABLES);
    struct text_variable variable;

    while (text_next_variable(&text, &variable))
        output_line("Variable %.*s: %.*s", (int)variable.name_size, variable.name,
                    (int)variable.value_size, variable.value);
}

static int show_print_fields(struct cli *cli, const struct fob_account *account)
{
    const char *name;
    bool secret;
    int code = FOB_SUCCESS;

    for (size_t i = 0;
         code == FOB_SUCCESS && (name = fob_account_field(account, i, &secret)) != NULL; i++) {
        if (secret)
            output_line("Field %s: (secret)", name);
        else
            code = show_print_value(cli, name);
    }
    return code;
}

static int64_t show_last_use(struct cli *cli, const struct fob_account *account)
{
    struct uses uses = { NULL };
    int64_t when;

    uses_read(cli->context, fob_account_text(account, FOB_TEXT_NAME), &uses);
    when = uses_last(&uses, account);
    uses_free(&uses);
    return when;
}

static void show_print_account(struct cli *cli, const struct fob_account *account)
{
    char expires[OUTPUT_TIME];

    cmd_show_print_text("Account", fob_account_text(account, FOB_TEXT_NAME));
    cmd_show_print_text("Provider", fob_account_text(account, FOB_TEXT_PROVIDER));
    cmd_show_print_text("Type", fob_account_text(account, FOB_TEXT_TYPE));
    cmd_show_print_text("Status", fob_status_name((int)fob_account_status(account)));
    cmd_show_print_text("Remote name", fob_account_text(account, FOB_TEXT_REMOTE_NAME));
    cmd_show_print_text("Remote id", fob_account_text(account, FOB_TEXT_REMOTE_ID));
    cmd_show_print_text("Owner id", fob_account_text(account, FOB_TEXT_OWNER_ID));
    cmd_show_print_text("Owner name", fob_account_text(account, FOB_TEXT_OWNER_NAME));
    cmd_show_print_text("Owner email", fob_account_text(account, FOB_TEXT_OWNER_EMAIL));
    cmd_show_print_text("Hosts", fob_account_text(account, FOB_TEXT_HOSTS));
    show_print_variables(account);
    show_print_time("Linked", fob_account_time(account, FOB_TIME_LINKED), "");
    show_print_time("Keys changed", fob_account_time(account, FOB_TIME_CHANGED), "");
    show_print_time("Validated", fob_account_time(account, FOB_TIME_VALIDATED), "never");
    show_print_time("Last used", show_last_use(cli, account), "never");
    show_print_time("Refused", fob_account_time(account, FOB_TIME_REFUSED), "");
    output_day(fob_account_time(account, FOB_TIME_EXPIRES), "never", expires);
    cmd_show_print_text("Expires", expires);
    cmd_show_print_text("Last error", fob_account_text(account, FOB_TEXT_LAST_ERROR));
}

/* Print the files that the account uses. */
static void show_print_files(struct cli *cli)
{
    const struct fob_provider *provider = fob_handle_provider(cli->handle);

    if (provider != NULL)
        cmd_show_print_text("Provider file", fob_provider_text(provider, FOB_PROVIDER_FILE));
    cmd_show_print_text("Store", fob_path(cli->context, FOB_PATH_STORE));
    cmd_show_print_text("Configuration", fob_path(cli->context, FOB_PATH_CONFIG));
}

static int cmd_show_run(struct cli *cli)
{
    const struct fob_account *account;
    int code = cli_start(cli, NULL, cli_argument(cli, 0));

    if (code != FOB_SUCCESS)
        return code;
    account = fob_handle_account(cli->handle);
    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (cli->json)
        return account_print_json(cli, account);
    show_print_account(cli, account);
    code = show_print_fields(cli, account);
    show_print_files(cli);
    return code;
}

const struct command cmd_show = {
    .name = "show",
    .arguments = "ACCOUNT",
    .summary = "show an account without its secrets",
    .min = 1,
    .max = 1,
    .run = cmd_show_run,
};
