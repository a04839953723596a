/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Steps that several formats of fob get share. */
#include "config.h"

#include "fob/get_parts.h"

#include "cli/output.h"
#include "util/text.h"

int get_lend(struct cli *cli)
{
    const unsigned flags = options_has(&cli->options, "force") ? FOB_FORCE : 0;
    int code = fob_lend(cli->handle, "get", flags);

    return code != FOB_SUCCESS ? cli_fail(cli, code) : code;
}

int get_check_json(const struct cli *cli, const char *name, const struct fob_secret *data)
{
    if (text_is_utf8(fob_secret_data(data), fob_secret_size(data)))
        return FOB_SUCCESS;
    return output_fail(FOB_INVALID, "use --format raw",
                       "%s: field %s is not UTF-8, which JSON cannot hold", cli_argument(cli, 0),
                       name);
}
