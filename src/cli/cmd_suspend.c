/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob suspend and fob resume. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"

static int switch_account(struct cli *cli, const char *name, int (*call)(struct fob_handle *))
{
    struct fob_handle *handle = NULL;
    const struct fob_account *account;
    struct strbuf out = STRBUF_INIT;
    int code = start_account(cli, name, &handle);
    int status;

    if (code == FOB_SUCCESS)
        code = call(handle);
    status = report(code);
    account = code == FOB_SUCCESS ? fob_get_account(handle) : NULL;
    if (account != NULL) {
        if (cli->global.json)
            output_account(&out, account);
        else
            strbuf_printf(&out, "%s: %s", name, fob_status_name((int)fob_account_status(account)));
        status = output_print(&out);
    }
    fob_end(handle);
    return status;
}

static int run(struct cli *cli, const char *command, int argc, char **argv,
               int (*call)(struct fob_handle *))
{
    const struct command_spec spec = { find_command(command), NULL, 1, 1 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = switch_account(cli, parsed.arguments[0], call);
    options_free(&parsed);
    return status;
}

int cmd_suspend(struct cli *cli, int argc, char **argv)
{
    return run(cli, "suspend", argc, argv, fob_suspend);
}

int cmd_resume(struct cli *cli, int argc, char **argv)
{
    return run(cli, "resume", argc, argv, fob_resume);
}
