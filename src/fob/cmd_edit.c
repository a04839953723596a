/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob edit: gives an account new keys, labels or an expiry date. */
#include "config.h"

#include "cli/fields_input.h"
#include "fob/account_view.h"
#include "fob/browser.h"
#include "fob/commands.h"
#include "fob/linking.h"
#include "fob/selection.h"
#include "util/array.h"

#include <stdlib.h>

static bool edit_gives_fields(const struct options *options)
{
    return options_has(options, "stdin") || options_has(options, "field") ||
           options_has(options, "field-file");
}

/* Whether the edit is about the keys, not only about labels or the date. */
static bool edit_changes_keys(const struct options *options)
{
    static const char *const labels[] = { "type",    "owner-id", "owner-name", "owner-email",
                                          "expires", "hosts",    "variable" };

    if (edit_gives_fields(options) || options_has(options, "new-identity"))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
        if (options_has(options, labels[i]))
            return false;
    }
    return true;
}

static int cmd_edit_print_result(struct cli *cli, const char *name, bool checked)
{
    const struct fob_account *account = fob_handle_account(cli->handle);
    const bool kept = !edit_gives_fields(&cli->options) && !cli->converse.typed;
    char *place;

    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (cli->json)
        return account_print_json(cli, account);
    if (!edit_changes_keys(&cli->options)) {
        output_line("%s: changed", name);
        return FOB_SUCCESS;
    }
    place = account_place(cli->handle, account);
    if (place == NULL)
        return output_nomem();
    if (checked) {
        output_line("%s: linked to %s with the %s", name, place,
                    kept ? "keys that it had" : "new keys");
    } else {
        output_line("%s: the %s stored unchecked for %s", name,
                    kept ? "keys that it had stay" : "new keys are", place);
        output_note("hint: \"fob validate %s\" checks them", name);
    }
    free(place);
    return FOB_SUCCESS;
}

static unsigned edit_read_flags(const struct options *options)
{
    unsigned flags = 0;

    if (options_has(options, "no-validate"))
        flags |= FOB_NO_VALIDATE;
    if (options_has(options, "new-identity"))
        flags |= FOB_NEW_IDENTITY;
    return flags;
}

static int edit_one(struct cli *cli, const char *name, void *data)
{
    unsigned flags = edit_read_flags(&cli->options);
    struct browser browser;
    int code = browser_read(cli, &browser);

    if (code == FOB_SUCCESS)
        code = cli_start(cli, NULL, name);
    (void)data;
    if (code == FOB_SUCCESS)
        code = account_set_items(&cli->options, cli->handle);
    if (code == FOB_SUCCESS && edit_changes_keys(&cli->options))
        code = fields_from_options(&cli->options, cli->handle);
    if (code == FOB_SUCCESS)
        code = linking_run(cli, fob_edit, &flags);
    browser_close(&browser);
    return code == FOB_SUCCESS ? cmd_edit_print_result(cli, name, (flags & FOB_NO_VALIDATE) == 0)
                               : code;
}

static int cmd_edit_run(struct cli *cli)
{
    struct selection selection;
    int code = selection_read(cli, false, &selection);

    if (code == FOB_SUCCESS && selection.count > 1 && edit_changes_keys(&cli->options))
        code = output_fail(FOB_INVALID, "labels and the date can be given to several",
                           "new keys are for one account");
    if (code == FOB_SUCCESS)
        code = selection_each(cli, &selection, edit_one, NULL);
    selection_free(&selection);
    return code;
}

static const struct option_spec options[] = {
    FIELDS_OPTIONS,
    BROWSER_OPTIONS,
    ACCOUNT_OPTIONS,
    { "expires", "YYYY-MM-DD", "the first day on which it is no longer lent, or never" },
    { "new-identity", NULL, "the new keys may belong to somebody else" },
    { "no-validate", NULL, "store them without asking the provider" },
    { NULL, NULL, NULL },
};

const struct command cmd_edit = {
    .name = "edit",
    .arguments = "ACCOUNT...",
    .summary = "change an account's keys, or accounts' labels or expiry dates",
    .options = options,
    .max = SIZE_MAX,
    .run = cmd_edit_run,
    .plugins = true,
};
