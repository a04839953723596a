/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of a command, such as "fob key add".
 */
#ifndef FOB_FOB_SUBCOMMAND_H
#define FOB_FOB_SUBCOMMAND_H

#include "cli/cli.h"

struct subcommand {
    const char *name;
    int (*run)(struct cli *cli);
    bool argument;          /* one more may follow */
    const char *options[6]; /* the options it takes */
};

/* Run the part of the command that its first argument names, with the configuration
 * open.  Returns the part's exit status, or that of a usage error. */
int subcommand_run(struct cli *cli, const struct subcommand *parts, size_t count);

#endif
