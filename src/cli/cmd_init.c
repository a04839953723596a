/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob init: make the store and its key. */
#include "config.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/fields_input.h"
#include "cli/output.h"

#include <string.h>

static bool is_same(const struct fob_secret *a, const struct fob_secret *b)
{
    return fob_secret_size(a) == fob_secret_size(b) &&
           memcmp(fob_secret_data(a), fob_secret_data(b), fob_secret_size(a)) == 0;
}

/* Twice, since a mistake in it would only be found when the store is needed. */
static int ask_twice(struct cli *cli, struct fob_secret **passphrase)
{
    struct terminal *terminal = &cli->converse.terminal;
    struct fob_secret *first = NULL;
    struct fob_secret *second = NULL;
    int code = terminal_ask(terminal, "New passphrase", TERMINAL_HIDDEN, &first);

    if (code == FOB_SUCCESS)
        code = terminal_ask(terminal, "Once more", TERMINAL_HIDDEN, &second);
    if (code == FOB_CONVERSATION)
        output_fail(code, NULL, "no passphrase was given; nothing was made");
    else if (code == FOB_SUCCESS && !is_same(first, second))
        code = output_fail(FOB_CONVERSATION, NULL, "the two passphrases differ; nothing was made");
    if (code == FOB_SUCCESS) {
        *passphrase = first;
        first = NULL;
    }
    fob_secret_free(first);
    fob_secret_free(second);
    return code;
}

static int read_passphrase(struct cli *cli, struct fob_secret **passphrase)
{
    if (cli->converse.passphrase_file != NULL)
        return fields_read_private(cli->converse.passphrase_file, passphrase);
    if (!converse_possible(&cli->converse))
        return output_fail(FOB_CONVERSATION, "use --passphrase-file, or run it on a terminal",
                           "a passphrase is wanted, and nobody to ask");
    return ask_twice(cli, passphrase);
}

static int print_made(const struct cli *cli, bool passphrase)
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

static int run(struct cli *cli)
{
    bool wanted = options_has(&cli->options, "passphrase");
    struct fob_secret *passphrase = NULL;
    int code = cli_open(cli);

    if (code == FOB_SUCCESS && wanted)
        code = read_passphrase(cli, &passphrase);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_init(cli->context, passphrase);
    fob_secret_free(passphrase);
    return code == FOB_SUCCESS ? print_made(cli, wanted) : cli_fail(cli, code);
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
    .run = run,
};
