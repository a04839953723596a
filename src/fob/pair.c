/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the two fields.  Most accounts have exactly one secret and one other field, so no option is
 * needed. */
#include "config.h"

#include "fob/pair.h"

#include "cli/output.h"

/* The only secret, or only other, field; NULL when there are several or none. */
static const char *pair_only_field(const struct fob_account *account, bool wanted)
{
    const char *found = NULL;
    const char *field;
    bool secret;

    for (size_t i = 0; (field = fob_account_field(account, i, &secret)) != NULL; i++) {
        if (secret != wanted)
            continue;
        if (found != NULL)
            return NULL;
        found = field;
    }
    return found;
}

const char *pair_field(const struct cli *cli, const char *option, bool secret)
{
    const char *field = options_text(&cli->options, option);

    return field != NULL ? field : pair_only_field(fob_handle_account(cli->handle), secret);
}

int pair_read(struct cli *cli, const char *option, bool secret, struct fob_secret **value)
{
    const char *field = pair_field(cli, option, secret);
    int code;

    if (field == NULL)
        return output_fail(FOB_INVALID, NULL, "name the field of the account with --%s", option);
    code = fob_get_field(cli->handle, field, value);
    return code == FOB_SUCCESS ? code : cli_fail(cli, code);
}
