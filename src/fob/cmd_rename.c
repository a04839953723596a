/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob rename: gives an account another name. */
#include "config.h"

#include "fob/account_view.h"
#include "fob/commands.h"

static int cmd_rename_run(struct cli *cli)
{
    const char *old = cli_argument(cli, 0);
    const char *name = cli_argument(cli, 1);
    const struct fob_account *account;
    int code = cli_start(cli, NULL, old);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_rename(cli->handle, name);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    account = fob_handle_account(cli->handle);
    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (cli->json)
        return account_print_json(cli, account);
    output_line("%s: its name is %s now", old, name);
    return FOB_SUCCESS;
}

const struct command cmd_rename = {
    .name = "rename",
    .arguments = "ACCOUNT NAME",
    .summary = "give an account another name",
    .min = 2,
    .max = 2,
    .run = cmd_rename_run,
};
