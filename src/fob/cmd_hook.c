/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob hook: prints the completion and functions that a shell evaluates. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "util/embedded.h"

#include <string.h>

static int cmd_hook_run(struct cli *cli)
{
    const char *shell = cli_argument(cli, 0);

    for (const struct embedded_file *file = hook_files; file->name != NULL; file++) {
        if (strcmp(file->name + strlen("fob."), shell) != 0)
            continue;
        fputs(file->text, output_file());
        return FOB_SUCCESS;
    }
    return output_fail(FOB_INVALID, "bash, zsh or fish", "%.64s: no shell that fob has a hook for",
                       shell);
}

const struct command cmd_hook = {
    .name = "hook",
    .arguments = "bash | zsh | fish",
    .summary = "print shell code for completion, fob-use and fob-drop",
    .min = 1,
    .max = 1,
    .run = cmd_hook_run,
};
