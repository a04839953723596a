/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * One run of a command: its options, context, conversation and exit status.
 */
#ifndef FOB_CLI_CLI_H
#define FOB_CLI_CLI_H

#include <fob/fob.h>

#include "cli/converse.h"
#include "cli/options.h"

struct cli {
    const struct command *const *commands; /* all of them; ends with NULL */
    const struct command *command;
    struct options options; /* of the command */
    const char *config;     /* or NULL */
    bool json;
    bool trace;
    bool help;
    bool version;
    const char *debug; /* FOB_DEBUG, or NULL */
    struct converse converse;
    void (*at_file_limit)(int);  /* the action of SIGXFSZ at the start */
    int status;                  /* the status of a command that fob ran, to be returned; or -1 */
    struct fob_context *context; /* NULL until cli_open() */
    struct fob_handle *handle;   /* NULL until cli_start() */
};

/* Parse, run the command, clean up.  Returns the exit status. */
int cli_main(int argc, char **argv, const struct command *const *commands);

/* Argument number INDEX of the command; NULL past the last. */
const char *cli_argument(const struct cli *cli, size_t index);

/* Open the context, once.  Reports errors.  Returns as fob_open(). */
int cli_open(struct cli *cli);
/* Close the context, with its keys. */
void cli_close(struct cli *cli);
/* Open the context again, so that it sees today's configuration.  Does not report errors, for a
 * command that goes on.  Returns as fob_open(). */
int cli_reopen(struct cli *cli);
/* Open the context and start a handle, which cli_main() ends.  Reports errors.  Returns as
 * fob_open() and fob_start(). */
int cli_start(struct cli *cli, const char *provider, const char *account);
/* End the handle, so that another can be started. */
void cli_end(struct cli *cli);
/* Report the library's error CODE, or why nobody could be asked.  Returns CODE, or the code that
 * was reported before. */
int cli_fail(struct cli *cli, int code);

/* The library's log, for --trace and FOB_DEBUG (debug_log.c). */
enum fob_log_level debug_level(const struct cli *cli);
void debug_log(enum fob_log_level level, const char *part, const char *message, void *cli);

#endif
