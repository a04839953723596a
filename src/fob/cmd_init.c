/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob init: creates the store and its key. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/passphrase.h"

static int cmd_init_print_made(const struct cli *cli, bool passphrase)
{
    const char *store = fob_path(cli->context, FOB_PATH_STORE);
    const char *key_file = fob_path(cli->context, FOB_PATH_KEY_FILE);
    struct strbuf buf = STRBUF_INIT;

    if (cli->json) {
        output_json_begin(&buf, NULL, '{');
        output_json_text(&buf, "store", store);
        output_json_text(&buf, "key_file", passphrase ? NULL : key_file);
        output_json_end(&buf, '}');
        return output_json(&buf);
    }
    output_line("store %s: made, for %s", store, passphrase ? "a passphrase" : key_file);
    output_note("Keep %s where the store's backup is not: without it no account can be read again.",
                passphrase ? "the passphrase" : "a copy of the key file");
    return FOB_SUCCESS;
}

static int cmd_init_run(struct cli *cli)
{
    bool given = converse_has_passphrase(&cli->converse);
    bool wanted = given || options_has(&cli->options, "passphrase");
    struct fob_secret *passphrase = NULL;
    int code = cli_open(cli);

    if (code == FOB_SUCCESS && wanted)
        code = given ? passphrase_read_new(cli, &passphrase)
                     : passphrase_choose(cli, NULL, "--passphrase-file", &passphrase);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_create_store(cli->context, passphrase);
    fob_secret_free(passphrase);
    return code == FOB_SUCCESS ? cmd_init_print_made(cli, wanted) : cli_fail(cli, code);
}

static const struct option_spec options[] = {
    { "passphrase", NULL, "protect the store with a passphrase instead of a key file" },
    { NULL, NULL, NULL },
};

const struct command cmd_init = {
    .name = "init",
    .arguments = "",
    .summary = "make the store and its key",
    .options = options,
    .run = cmd_init_run,
};
