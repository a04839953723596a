/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Parsing options, and printing --help from the same tables, so that the two cannot differ.
 */
#ifndef FOB_CLI_OPTIONS_H
#define FOB_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

struct cli;

struct option_spec {
    const char *name;
    const char *argument; /* what --help calls its value, by which it is checked: FILE names one,
                             only PREFIX, DATA and labels may be empty; "..." follows when it may be
                             given more than once; NULL when it takes none */
    const char *summary;
};

/* The most options of a command and the global ones together, and the most commands. */
#define OPTIONS_MAX 40

struct command {
    const char *name;
    const char *arguments; /* as in a synopsis; "" for none */
    const char *summary;
    const struct option_spec *options; /* ends with an empty one; NULL for none */
    size_t min;                        /* the minimum and maximum number of arguments */
    size_t max;
    int (*run)(struct cli *cli); /* reports its errors, and returns a code */
    bool tail;                   /* "--" is followed by another command's line */
    bool plugins;                /* it loads plugins, which must not print into the answer */
};

/* The options of every command. */
extern const struct option_spec options_global[];

struct parsed_option {
    const struct option_spec *spec;
    const char *value;
};

/* A parsed command line. */
struct options {
    struct parsed_option *parsed;
    size_t parsed_count;
    char **arguments; /* words of argv, ending with NULL */
    size_t argument_count;
    char **tail;     /* the words after the first "--", if the command has a tail; or NULL */
    char error[160]; /* after FOB_INVALID: what is wrong, never a value */
    char hint[160];
};

/*
 * Parse ARGV, whose first word is a program's or command's name, by the tables of COMMAND (which
 * may be NULL) and the global one.  With COMMAND NULL parsing ends at the first argument; else
 * options and arguments mix, until "--".  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM; free with
 * options_clear() in each case.
 */
int options_parse(const struct command *command, int argc, char **argv, struct options *options);
void options_clear(struct options *options);

/* Whether SPEC is an option of every command. */
bool options_is_global(const struct option_spec *spec);
bool options_has(const struct options *options, const char *name);
/* The value of an option, the last one of a list; NULL when it was not given. */
const char *options_text(const struct options *options, const char *name);
/* The values of an option that is a list, one a call; *AT is 0 at first; NULL past the last.
 */
const char *options_next(const struct options *options, const char *name, size_t *at);

/* The nearest command to WORD, or NULL. */
const struct command *options_nearest(const struct command *const *commands, const char *word);

/* --help of a command, and of fob itself. */
void options_help(const struct command *command, struct strbuf *text);
void options_help_all(const struct command *const *commands, struct strbuf *text);

#endif
