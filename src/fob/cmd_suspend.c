/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob suspend and fob resume: switch accounts off and on. */
#include "config.h"

#include "fob/account_view.h"
#include "fob/commands.h"
#include "fob/filter.h"
#include "fob/selection.h"

/* How long --wait waits. */
#define WAIT_S 30

/* fob_suspend() or fob_resume(). */
struct cmd_suspend_verb {
    int (*fn)(struct fob_handle *handle);
};

static int cmd_suspend_change(struct cli *cli, const char *name, void *data)
{
    const struct cmd_suspend_verb *verb = data;
    const struct fob_account *account;
    int code = cli_start(cli, NULL, name);

    if (code != FOB_SUCCESS)
        return code;
    code = verb->fn(cli->handle);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    account = fob_handle_account(cli->handle);
    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (cli->json)
        return account_print_json(cli, account);
    output_line("%s: %s", name, fob_status_name((int)fob_account_status(account)));
    return FOB_SUCCESS;
}

static int cmd_suspend_each(struct cli *cli, struct cmd_suspend_verb verb)
{
    struct selection selection;
    int code = selection_read(cli, true, &selection);

    if (code == FOB_SUCCESS)
        code = selection_each(cli, &selection, cmd_suspend_change, &verb);
    selection_free(&selection);
    if (code != FOB_SUCCESS || !options_has(&cli->options, "wait"))
        return code;
    code = fob_wait_for_machines(cli->context, WAIT_S);
    return code == FOB_SUCCESS ? code : cli_fail(cli, code);
}

static int cmd_suspend_run(struct cli *cli)
{
    return cmd_suspend_each(cli, (struct cmd_suspend_verb){ fob_suspend });
}

static int cmd_resume_run(struct cli *cli)
{
    return cmd_suspend_each(cli, (struct cmd_suspend_verb){ fob_resume });
}

static const struct option_spec options[] = {
    { "wait", NULL, "wait until all machines that share the store know it, 30 s at most" },
    FILTER_OPTIONS,
    { NULL, NULL, NULL },
};

const struct command cmd_suspend = {
    .name = "suspend",
    .arguments = "ACCOUNT...",
    .summary = "stop lending accounts until they are resumed",
    .options = options,
    .max = SIZE_MAX,
    .run = cmd_suspend_run,
};

const struct command cmd_resume = {
    .name = "resume",
    .arguments = "ACCOUNT...",
    .summary = "end the suspension of accounts",
    .options = options,
    .max = SIZE_MAX,
    .run = cmd_resume_run,
};
