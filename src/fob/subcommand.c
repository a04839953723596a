/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds a part of a command, and checks that its options and arguments are that part's. */
#include "config.h"

#include "fob/subcommand.h"

#include "cli/output.h"
#include "util/strbuf.h"

#include <string.h>

static bool subcommand_takes_option(const struct subcommand *part, const struct option_spec *spec)
{
    bool found = options_is_global(spec);

    for (size_t i = 0; !found && part->options[i] != NULL; i++)
        found = strcmp(part->options[i], spec->name) == 0;
    return found;
}

/* Refuse options and arguments of other parts. */
static int subcommand_check(const struct cli *cli, const struct subcommand *part)
{
    const struct options *options = &cli->options;

    if (!part->argument && cli_argument(cli, 1) != NULL)
        return output_fail(FOB_INVALID, NULL, "fob %s %s takes no argument", cli->command->name,
                           part->name);
    for (size_t i = 0; i < options->parsed_count; i++) {
        if (!subcommand_takes_option(part, options->parsed[i].spec))
            return output_fail(FOB_INVALID, NULL, "fob %s %s takes no --%s", cli->command->name,
                               part->name, options->parsed[i].spec->name);
    }
    return FOB_SUCCESS;
}

static int subcommand_fail_unknown(const struct cli *cli, const struct subcommand *parts,
                                   size_t count)
{
    struct strbuf names = STRBUF_INIT;
    int code;

    for (size_t i = 0; i < count; i++)
        strbuf_printf(&names, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", parts[i].name);
    code = output_fail(FOB_INVALID, names.failed ? NULL : names.data, "%s: no part of fob %s",
                       cli_argument(cli, 0), cli->command->name);
    strbuf_free(&names);
    return code;
}

int subcommand_run(struct cli *cli, const struct subcommand *parts, size_t count)
{
    const char *name = cli_argument(cli, 0);

    for (size_t i = 0; i < count; i++) {
        int code;

        if (strcmp(name, parts[i].name) != 0)
            continue;
        code = subcommand_check(cli, &parts[i]);
        if (code == FOB_SUCCESS)
            code = cli_open(cli);
        return code == FOB_SUCCESS ? parts[i].run(cli) : code;
    }
    return subcommand_fail_unknown(cli, parts, count);
}
