/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Options: the one way in which they are parsed, and their help.
 */
#ifndef FOB_CLI_OPTIONS_H
#define FOB_CLI_OPTIONS_H

#include "cli/cli.h"

/* One option of a command.  With a VALUE's name it takes one. */
struct option_spec {
    const char *name;    /* without the dashes; NULL ends the table */
    const char *value;   /* "NAME=VALUE", or NULL for a flag */
    const char *summary;
};

struct parsed_option {
    const struct option_spec *spec;
    const char *value;
};

struct parsed {
    struct parsed_option *options; /* in the order given */
    size_t option_count;
    char **arguments;
    size_t argument_count;
};

struct command_spec {
    const struct command *command;
    const struct option_spec *options;
    size_t min_arguments, max_arguments;
};

/*
 * Parse ARGV (ARGV[0] is the command's name); global options go to CLI.  Options may stand anywhere
 * before "--".  Returns -1 to go on, else the exit status: 0 after --help, EXIT_USAGE after a
 * mistake, which was told without repeating a value.
 */
int options_parse(struct cli *cli, const struct command_spec *spec, int argc, char **argv,
                  struct parsed *parsed);
void options_free(struct parsed *parsed);
/* The value of the last NAME given ("" for a flag), or NULL. */
const char *options_get(const struct parsed *parsed, const char *name);
/* A global option at ARGV[INDEX]: how many words it takes, 0 when it is none. */
int options_take_global(struct global *global, int argc, char **argv, int index);

#endif
