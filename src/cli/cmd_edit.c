/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob edit. */
#include "config.h"

#include "cli/fields_input.h"
#include "cli/link.h"

static const struct option_spec options[] = {
    FIELD_OPTIONS,
    LABEL_OPTIONS,
    { "no-validate", NULL, "store new keys without asking the provider" },
    { "new-identity", NULL, "the new keys may belong to somebody else than the old ones" },
    { NULL, NULL, NULL },
};

static int edit_account(struct cli *cli, const struct parsed *parsed)
{
    unsigned flags = (options_get(parsed, "no-validate") != NULL ? FOB_NO_VALIDATE : 0U) |
                     (options_get(parsed, "new-identity") != NULL ? FOB_NEW_IDENTITY : 0U);
    struct fob_handle *handle = NULL;
    int code = start_account(cli, parsed->arguments[0], &handle);
    int status;

    if (code != FOB_SUCCESS)
        return report(code);
    status = labels_take(handle, parsed);
    if (status < 0)
        status = fields_take(handle, parsed);
    if (status < 0)
        status = link_with_person(cli, handle, fob_edit, flags);
    if (status == 0)
        status = link_print(cli, handle, "edited, at");
    fob_end(handle);
    return status;
}

int cmd_edit(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("edit"), options, 1, 1 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = edit_account(cli, &parsed);
    options_free(&parsed);
    return status;
}
