/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob link: links a new account. */
#include "config.h"

#include "cli/fields_input.h"
#include "fob/account_view.h"
#include "fob/commands.h"
#include "fob/linking.h"

#include <stdlib.h>

static int cmd_link_print_result(struct cli *cli, bool checked)
{
    const struct fob_account *account = fob_handle_account(cli->handle);
    const char *name = cli_argument(cli, 1);
    char *place;

    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (cli->json)
        return account_print_json(cli, account);
    place = account_place(cli->handle, account);
    if (place == NULL)
        return output_nomem();
    if (checked) {
        output_line("%s: linked to %s", name, place);
    } else {
        output_line("%s: stored unchecked for %s", name, place);
        output_note("hint: \"fob validate %s\" checks it", name);
    }
    free(place);
    return FOB_SUCCESS;
}

static int cmd_link_run(struct cli *cli)
{
    unsigned flags = options_has(&cli->options, "no-validate") ? FOB_NO_VALIDATE : 0;
    int code = cli_start(cli, cli_argument(cli, 0), cli_argument(cli, 1));

    if (code == FOB_SUCCESS)
        code = account_set_items(&cli->options, cli->handle);
    if (code == FOB_SUCCESS)
        code = fields_from_options(&cli->options, cli->handle);
    if (code != FOB_SUCCESS)
        return code;
    if (options_has(&cli->options, "stdin") || options_has(&cli->options, "field-file"))
        flags |= FOB_NO_GUIDE; /* a person who has a file with the keys needs no guide */
    code = linking_run(cli, fob_link, &flags);
    return code == FOB_SUCCESS ? cmd_link_print_result(cli, (flags & FOB_NO_VALIDATE) == 0) : code;
}

static const struct option_spec options[] = {
    FIELDS_OPTIONS,
    ACCOUNT_OPTIONS,
    { "expires", "YYYY-MM-DD", "the first day on which it is no longer lent (UTC)" },
    { "no-validate", NULL, "store it without asking the provider" },
    { NULL, NULL, NULL },
};

const struct command cmd_link = {
    .name = "link",
    .arguments = "PROVIDER ACCOUNT",
    .summary = "link an account: ask for its keys, check them, store them",
    .options = options,
    .min = 2,
    .max = 2,
    .run = cmd_link_run,
    .plugins = true,
};
