/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the fob command's parts share.
 */
#ifndef FOB_CLI_CLI_H
#define FOB_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include <fob/fob.h>

#define EXIT_USAGE 64
#define EXIT_FAULT 70
#define EXIT_IO 74

/* What every command takes. */
struct global {
    const char *config;
    const char *passphrase_file;
    bool json;
    bool no_input;
    bool trace;
};

struct cli {
    struct global global;
    struct fob_context *context; /* opened by cli_open() */
    struct fob_conversation conv;
};

/* A command. */
struct command {
    const char *name;
    const char *arguments; /* for usage */
    const char *summary;
    int (*run)(struct cli *cli, int argc, char **argv);
};

extern const struct command commands[];
const struct command *find_command(const char *name);

/* Open the context, with the terminal as its conversation unless --no-input.  Returns a code. */
int cli_open(struct cli *cli);
/* The exit status for a code: fob(1), EXIT STATUS. */
int exit_status(int code);
/* Print "fob: WHAT: WHY" and the hint of the last failed call, and give its exit status. */
int report(int code);
/* Print "fob: " and a message of the command line's own, and give EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Start on an existing account.  Returns a code. */
int start_account(struct cli *cli, const char *account, struct fob_handle **handle);

int cmd_init(struct cli *cli, int argc, char **argv);
int cmd_providers(struct cli *cli, int argc, char **argv);
int cmd_guide(struct cli *cli, int argc, char **argv);
int cmd_link(struct cli *cli, int argc, char **argv);
int cmd_list(struct cli *cli, int argc, char **argv);
int cmd_show(struct cli *cli, int argc, char **argv);
int cmd_validate(struct cli *cli, int argc, char **argv);
int cmd_edit(struct cli *cli, int argc, char **argv);
int cmd_suspend(struct cli *cli, int argc, char **argv);
int cmd_resume(struct cli *cli, int argc, char **argv);
int cmd_revoke(struct cli *cli, int argc, char **argv);
int cmd_get(struct cli *cli, int argc, char **argv);
int cmd_check(struct cli *cli, int argc, char **argv);
int cmd_log(struct cli *cli, int argc, char **argv);

#endif
