/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob show. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"

#include <stdlib.h>

static void show_text(const char *label, const char *text)
{
    char *shown = output_printable(text);

    if (shown != NULL && shown[0] != '\0')
        printf("%-15s %s\n", label, shown);
    free(shown);
}

static void show_time(const char *label, int64_t when)
{
    char text[32];

    output_time(when, text);
    printf("%-15s %s\n", label, text);
}

static void show_fields(struct fob_handle *handle, const struct fob_account *account)
{
    const char *name;
    bool secret;

    for (size_t i = 0; (name = fob_account_field(account, i, &secret)) != NULL; i++) {
        struct fob_secret *value = NULL;

        if (secret)
            show_text(name, "(secret)");
        else if (fob_get_field(handle, name, &value) == FOB_SUCCESS)
            show_text(name, fob_secret_data(value));
        fob_secret_free(value);
    }
}

static void show(struct fob_handle *handle, const struct fob_account *account)
{
    show_text("Account:", fob_account_text(account, FOB_TEXT_NAME));
    show_text("Provider:", fob_account_text(account, FOB_TEXT_PROVIDER));
    show_text("Type:", fob_account_text(account, FOB_TEXT_TYPE));
    show_text("Status:", fob_status_name((int)fob_account_status(account)));
    show_text("Remote name:", fob_account_text(account, FOB_TEXT_REMOTE_NAME));
    show_text("Remote id:", fob_account_text(account, FOB_TEXT_REMOTE_ID));
    show_text("Owner id:", fob_account_text(account, FOB_TEXT_OWNER_ID));
    show_text("Owner name:", fob_account_text(account, FOB_TEXT_OWNER_NAME));
    show_text("Owner email:", fob_account_text(account, FOB_TEXT_OWNER_EMAIL));
    show_time("Linked:", fob_account_time(account, FOB_TIME_LINKED));
    show_time("Keys changed:", fob_account_time(account, FOB_TIME_CHANGED));
    show_time("Validated:", fob_account_time(account, FOB_TIME_VALIDATED));
    if (fob_account_time(account, FOB_TIME_REFUSED) != 0)
        show_time("Refused since:", fob_account_time(account, FOB_TIME_REFUSED));
    if (fob_account_time(account, FOB_TIME_EXPIRES) != 0)
        show_time("Expires:", fob_account_time(account, FOB_TIME_EXPIRES));
    show_text("Last error:", fob_account_text(account, FOB_TEXT_LAST_ERROR));
    show_fields(handle, account);
}

static int show_account(struct cli *cli, const char *name)
{
    struct fob_handle *handle = NULL;
    const struct fob_account *account = NULL;
    struct strbuf out = STRBUF_INIT;
    int code = start_account(cli, name, &handle);
    int status = 0;

    if (code == FOB_SUCCESS) {
        account = fob_get_account(handle);
        if (account == NULL)
            code = FOB_NOMEM;
    }
    if (code != FOB_SUCCESS) {
        status = report(code);
    } else if (cli->global.json) {
        output_account(&out, account);
        status = output_print(&out);
    } else {
        show(handle, account);
    }
    fob_end(handle);
    return status;
}

int cmd_show(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("show"), NULL, 1, 1 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = show_account(cli, parsed.arguments[0]);
    options_free(&parsed);
    return status;
}
