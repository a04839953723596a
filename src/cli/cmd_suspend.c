/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob suspend and fob resume: an administrator's switch. */
#include "config.h"

#include "cli/account.h"
#include "cli/commands.h"

static int change(struct cli *cli, int (*fn)(struct fob_handle *handle))
{
    const struct fob_account *account;
    int code = cli_start(cli, NULL, cli_argument(cli, 0));

    if (code != FOB_SUCCESS)
        return code;
    code = fn(cli->handle);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    account = fob_get_account(cli->handle);
    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (cli->json)
        return account_print_json(cli, account);
    output_line("%s: %s", cli_argument(cli, 0), fob_status_name((int)fob_account_status(account)));
    return FOB_SUCCESS;
}

static int run_suspend(struct cli *cli)
{
    return change(cli, fob_suspend);
}

static int run_resume(struct cli *cli)
{
    return change(cli, fob_resume);
}

const struct command cmd_suspend = {
    .name = "suspend",
    .arguments = "ACCOUNT",
    .summary = "lend an account to nobody until it is resumed",
    .least = 1,
    .most = 1,
    .run = run_suspend,
};

const struct command cmd_resume = {
    .name = "resume",
    .arguments = "ACCOUNT",
    .summary = "take a suspension back",
    .least = 1,
    .most = 1,
    .run = run_resume,
};
