/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob-request: the commands that call providers, in a separate program because it maps libcurl. */
#include "config.h"

#include "cli/cli.h"
#include "cli/request_options.h"

int main(int argc, char **argv)
{
    static const struct command *const commands[] = { &cmd_request, &cmd_run, NULL };

    return cli_main(argc, argv, commands);
}
