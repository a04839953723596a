/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob link: links a new account. */
#include "config.h"

#include "cli/fields_input.h"
#include "cli/output.h"
#include "fob/account_view.h"
#include "fob/browser.h"
#include "fob/commands.h"
#include "fob/linking.h"
#include "fob/new_file.h"
#include "util/write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* Write the rehearsal of the link, if the provider was asked. */
static int cmd_link_write_rehearsal(struct cli *cli, struct new_file *file)
{
    const char *text;
    int code = fob_rehearsal(cli->handle, &text);

    if (code == FOB_NOT_FOUND)
        return FOB_SUCCESS;
    if (code != FOB_SUCCESS)
        return output_fail(code, "\"RECORDING\" in fob-link(1) says how to write it by hand",
                           "%s: not recorded: %s", file->path, fob_error());
    if (write_fully(file->fd, text, strlen(text)) < 0)
        return output_fail(FOB_SYSTEM, NULL, "%s: %s", file->path, strerror(errno));
    code = new_file_publish(file);
    if (code == FOB_SUCCESS)
        output_note("%s: a rehearsal; read it, and add it to the provider's file", file->path);
    return code;
}

/* Link, and record how.  What was linked stays so, even if it cannot be recorded. */
static int cmd_link_record(struct cli *cli, const char *path, unsigned *flags)
{
    struct new_file file;
    int code = new_file_open(path, &file);
    int recorded;

    if (code != FOB_SUCCESS)
        return code;
    *flags |= FOB_RECORD;
    code = linking_run(cli, fob_link, flags);
    recorded = cmd_link_write_rehearsal(cli, &file);
    new_file_close(&file);
    if (code == FOB_SUCCESS && recorded != FOB_SUCCESS) {
        (void)cmd_link_print_result(cli, (*flags & FOB_NO_VALIDATE) == 0);
        return recorded;
    }
    return code;
}

static int cmd_link_run(struct cli *cli)
{
    const char *record = options_text(&cli->options, "record");
    unsigned flags = options_has(&cli->options, "no-validate") ? FOB_NO_VALIDATE : 0;
    struct browser browser;
    int code = browser_read(cli, &browser);

    if (record != NULL && flags != 0)
        return output_fail(FOB_INVALID, NULL,
                           "--record needs an answer of the provider, which "
                           "--no-validate does not ask");
    if (code == FOB_SUCCESS)
        code = cli_start(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (code == FOB_SUCCESS)
        code = account_set_items(&cli->options, cli->handle);
    if (code == FOB_SUCCESS)
        code = fields_from_options(&cli->options, cli->handle);
    if (code != FOB_SUCCESS)
        return code;
    if (options_has(&cli->options, "stdin") || options_has(&cli->options, "field-file"))
        flags |= FOB_NO_GUIDE; /* a person who has a file with the keys needs no guide */
    code =
        record != NULL ? cmd_link_record(cli, record, &flags) : linking_run(cli, fob_link, &flags);
    browser_close(&browser);
    return code == FOB_SUCCESS ? cmd_link_print_result(cli, (flags & FOB_NO_VALIDATE) == 0) : code;
}

static const struct option_spec options[] = {
    FIELDS_OPTIONS,
    BROWSER_OPTIONS,
    ACCOUNT_OPTIONS,
    { "expires", "YYYY-MM-DD", "the first day on which it is no longer lent (UTC)" },
    { "no-validate", NULL, "store it without asking the provider" },
    { "record", "FILE", "write what is sent and answered, without secrets, as a rehearsal" },
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
