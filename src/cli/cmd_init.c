/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob init. */
#include "config.h"

#include "cli/options.h"
#include "cli/terminal.h"

#include "util/error.h"
#include "util/secret.h"

#include <string.h>

static const struct option_spec options[] = {
    { "passphrase", NULL, "open the store by a passphrase instead of a key file" },
    { NULL, NULL, NULL },
};

/* The passphrase, typed twice on a terminal, else from --passphrase-file. */
static int ask_passphrase(struct cli *cli, struct fob_secret **passphrase)
{
    const struct fob_message message = {
        .kind = FOB_ASK_SECRET,
        .name = "passphrase",
        .text = "New passphrase of the store",
    };
    struct fob_secret *first = NULL;
    struct fob_secret *second = NULL;
    int code = cli->conv.converse(&message, 1, &first, cli->conv.data);

    if (code == FOB_SUCCESS && cli->global.passphrase_file == NULL)
        code = terminal_ask(cli, "The same again: ", true, &second);
    if (code == FOB_SUCCESS && second != NULL &&
        !secret_equal(fob_secret_data(first), fob_secret_size(first), fob_secret_data(second),
                      fob_secret_size(second)))
        code = error_set(FOB_INVALID, "the two passphrases are not the same");
    fob_secret_free(second);
    if (code != FOB_SUCCESS) {
        fob_secret_free(first);
        return code;
    }
    *passphrase = first;
    return FOB_SUCCESS;
}

static int init(struct cli *cli, bool by_passphrase)
{
    struct fob_secret *passphrase = NULL;
    int code = cli_open(cli);

    if (code == FOB_SUCCESS && by_passphrase)
        code = ask_passphrase(cli, &passphrase);
    if (code == FOB_SUCCESS)
        code = fob_init(cli->context, passphrase);
    fob_secret_free(passphrase);
    if (code != FOB_SUCCESS)
        return report(code);
    printf("the store is made\n");
    if (by_passphrase)
        printf("its passphrase can not be recovered: keep it safe\n");
    else
        printf("keep a copy of its key file elsewhere, not beside the store's backup\n");
    return 0;
}

int cmd_init(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("init"), options, 0, 0 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = init(cli, options_get(&parsed, "passphrase") != NULL);
    options_free(&parsed);
    return status;
}
