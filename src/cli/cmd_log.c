/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob log: who did what with the accounts. */
#include "config.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"

static bool print_plain(const char *line, void *data)
{
    (void)data;
    output_line("%s", line);
    return ferror(stdout) == 0;
}

static bool print_json(const char *line, void *data)
{
    struct strbuf buf = STRBUF_INIT;

    (void)data;
    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "line", line);
    output_json_end(&buf, '}');
    return output_json(&buf) == FOB_SUCCESS && ferror(stdout) == 0;
}

static int run(struct cli *cli)
{
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_read_log(cli->context, cli_argument(cli, 0), cli->json ? print_json : print_plain,
                        NULL);
    return code != FOB_SUCCESS ? cli_fail(cli, code) : code;
}

const struct command cmd_log = {
    .name = "log",
    .arguments = "[ACCOUNT]",
    .summary = "show who did what, with all accounts or with one",
    .most = 1,
    .run = run,
};
