/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob exec: runs a command with the credentials of accounts. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/exec/masked.h"
#include "fob/exec/spawn.h"
#include "fob/get_parts.h"
#include "util/quote.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct loans {
    struct loan *items;
    size_t count;
};

static void exec_end_loans(struct loans *loans)
{
    for (size_t i = 0; i < loans->count; i++)
        fob_end(loans->items[i].handle);
    free(loans->items);
    *loans = (struct loans){ NULL, 0 };
}

/* Read --header-fd, if given, into START. */
static int exec_read_header_fd(const struct cli *cli, struct spawn *start)
{
    const char *text = options_text(&cli->options, "header-fd");
    char *end;
    long number;

    if (text == NULL)
        return FOB_SUCCESS;
    errno = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number <= STDERR_FILENO ||
        number >= sysconf(_SC_OPEN_MAX) || number > INT_MAX)
        return output_fail(FOB_INVALID, "3, say, for curl -H @/dev/fd/3",
                           "--header-fd: not the number of a descriptor that may be used");
    if (cli->options.argument_count > 1)
        return output_fail(FOB_INVALID, NULL, "--header-fd is for one account");
    start->header_fd = (int)number;
    return FOB_SUCCESS;
}

static int cmd_exec_check_options(const struct cli *cli, struct spawn *start)
{
    const char *prefix = options_text(&cli->options, "prefix");
    const char *command = cli->options.tail != NULL ? cli->options.tail[0] : NULL;

    if (command == NULL || command[0] == '\0')
        return output_fail(FOB_INVALID, "usage: fob exec [options] ACCOUNT... -- COMMAND",
                           "the command after -- is %s", command == NULL ? "missing" : "empty");
    if (prefix != NULL && !quote_is_prefix(prefix))
        return output_fail(FOB_INVALID, "letters, digits and _, no digit at the beginning",
                           "--prefix: no variable's name begins like this");
    if (prefix != NULL && options_has(&cli->options, "env"))
        return output_fail(FOB_INVALID, NULL, "--prefix cannot be used with --env");
    return exec_read_header_fd(cli, start);
}

/* Make the log name the command, not fob, as the program. */
static int exec_name_program(struct fob_handle *handle, const char *command)
{
    const char *slash = strrchr(command, '/');

    /* If the name is not valid for the log, the log names fob. */
    return fob_set_item(handle, FOB_ITEM_PROGRAM, slash != NULL ? slash + 1 : command) == FOB_NOMEM
               ? output_nomem()
               : FOB_SUCCESS;
}

/* Start a handle for each account before any is lent. */
static int exec_start_loans(struct cli *cli, struct loans *loans)
{
    int code = FOB_SUCCESS;

    loans->items = calloc(cli->options.argument_count, sizeof *loans->items);
    if (loans->items == NULL)
        return output_nomem();
    for (size_t i = 0; i < cli->options.argument_count && code == FOB_SUCCESS; i++) {
        const char *account = cli_argument(cli, i);

        for (size_t before = 0; before < i; before++) {
            if (strcmp(loans->items[before].account, account) == 0)
                return output_fail(FOB_INVALID, NULL, "%.64s is named twice", account);
        }
        code = cli_start(cli, NULL, account);
        if (code != FOB_SUCCESS)
            return code;
        loans->items[loans->count++] = (struct loan){ cli->handle, account };
        cli->handle = NULL;
        if (fob_handle_account(loans->items[i].handle) == NULL)
            code = output_fail(FOB_NOT_FOUND, NULL, "%s: no such account", account);
        else
            code = exec_name_program(loans->items[i].handle, cli->options.tail[0]);
    }
    return code;
}

static int cmd_exec_report(struct cli *cli, int code)
{
    return code == FOB_SUCCESS ? code : cli_fail(cli, code);
}

/* Choose the variables: those of --env, else all, or none with --header-fd. */
static int cmd_exec_choose(struct cli *cli, const struct loans *loans, struct variables *variables)
{
    const char *text;
    size_t at = 0;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && (text = options_next(&cli->options, "env", &at)) != NULL)
        code = variables_add_one(variables, loans->items, loans->count, "env", text);
    if (options_has(&cli->options, "env") || options_has(&cli->options, "header-fd"))
        return cmd_exec_report(cli, code);
    for (size_t i = 0; i < loans->count && code == FOB_SUCCESS; i++)
        code =
            variables_add_all(variables, &loans->items[i], options_text(&cli->options, "prefix"));
    return cmd_exec_report(cli, code);
}

/* Make the lines "NAME: VALUE" of the account's headers. */
static int exec_make_header(struct fob_handle *handle, struct fob_secret **lines)
{
    const struct fob_secret *value;
    const char *name;
    int code = fob_secret_new("", 0, lines);

    for (size_t i = 0; code == FOB_SUCCESS && fob_header(handle, i, &name, &value) == FOB_SUCCESS;
         i++) {
        code = fob_secret_append(*lines, name, strlen(name));
        if (code == FOB_SUCCESS)
            code = fob_secret_append(*lines, ": ", 2);
        if (code == FOB_SUCCESS)
            code = fob_secret_append(*lines, fob_secret_data(value), fob_secret_size(value));
        if (code == FOB_SUCCESS)
            code = fob_secret_append(*lines, "\n", 1);
    }
    return code;
}

static int exec_lend_header(struct cli *cli, struct fob_handle *handle, struct spawn *start,
                            struct mask *mask)
{
    const unsigned flags = options_has(&cli->options, "force") ? FOB_FORCE : 0;
    struct fob_secret *lines = NULL;
    int code = output_protect();

    if (code != FOB_SUCCESS)
        return code;
    code = fob_authorize(handle, "exec", flags);
    if (code == FOB_SUCCESS && get_check_headers(handle, cli_argument(cli, 0)) != FOB_SUCCESS) {
        output_unprotect();
        return FOB_INVALID;
    }
    if (code == FOB_SUCCESS)
        code = exec_make_header(handle, &lines);
    if (code == FOB_SUCCESS)
        code = environment_seal_file("header", lines, &start->header);
    if (code == FOB_SUCCESS && mask != NULL)
        code = masked_add_headers(mask, handle);
    fob_secret_free(lines);
    output_unprotect();
    return cmd_exec_report(cli, code);
}

static bool exec_is_lent(const struct loan *loan)
{
    enum fob_status status = fob_account_status(fob_handle_account(loan->handle));

    return status == FOB_STATUS_ACTIVE || status == FOB_STATUS_UNCHECKED ||
           status == FOB_STATUS_DEGRADED;
}

/* Lend the accounts that will be refused first, so that none is lent for a command that never
 * starts. */
static int exec_lend_all(struct cli *cli, const struct loans *loans)
{
    const unsigned flags = options_has(&cli->options, "force") ? FOB_FORCE : 0;

    for (int lent = 0; lent <= 1; lent++) {
        for (size_t i = 0; i < loans->count; i++) {
            int code;

            if (exec_is_lent(&loans->items[i]) != (lent == 1))
                continue;
            code = fob_lend(loans->items[i].handle, "exec", flags);
            if (code != FOB_SUCCESS)
                return cli_fail(cli, code);
        }
    }
    return FOB_SUCCESS;
}

/* Lend all accounts, then read their values. */
static int cmd_exec_lend(struct cli *cli, const struct loans *loans, struct variables *variables,
                         struct spawn *start, struct mask *mask)
{
    int code = options_has(&cli->options, "header-fd")
                   ? exec_lend_header(cli, loans->items[0].handle, start, mask)
                   : exec_lend_all(cli, loans);

    if (code != FOB_SUCCESS)
        return code;
    for (size_t i = 0; i < loans->count && code == FOB_SUCCESS && mask != NULL; i++)
        code = masked_add_account(mask, loans->items[i].handle);
    return cmd_exec_report(cli, code == FOB_SUCCESS ? variables_read(variables) : code);
}

static int cmd_exec_prepare(struct cli *cli, struct loans *loans, struct spawn *start,
                            struct mask *mask)
{
    struct variables variables = VARIABLES_INIT;
    unsigned flags = options_has(&cli->options, "clear-env") ? ENVIRONMENT_CLEAR : 0;
    int code = exec_start_loans(cli, loans);

    if (options_has(&cli->options, "as-file"))
        flags |= ENVIRONMENT_FILES;
    if (code == FOB_SUCCESS)
        code = cmd_exec_choose(cli, loans, &variables);
    if (code == FOB_SUCCESS)
        code = cmd_exec_lend(cli, loans, &variables, start, mask);
    if (code == FOB_SUCCESS)
        code = cmd_exec_report(cli, environment_make(&variables, flags, &start->environment));
    if (code == FOB_SUCCESS && mask != NULL && mask_finish(mask) != FOB_SUCCESS)
        code = output_nomem();
    variables_free(&variables);
    return code;
}

/* Run the command masked; fob then ends as the command did, by the same signal. */
static int exec_run_masked(struct cli *cli, const struct spawn *start, const struct mask *mask)
{
    struct masked_end end;
    int code = masked_run(start, mask, &end);

    if (code != FOB_SUCCESS)
        return code;
    cli->converse.terminal.signal = end.signal;
    cli->status = end.status;
    return end.signal != 0 ? FOB_ABORT : FOB_SUCCESS;
}

/* Pass --config to any fob that the command runs. */
static int exec_pass_config(const struct cli *cli)
{
    char *path = cli->config != NULL ? realpath(cli->config, NULL) : NULL;
    int code = FOB_SUCCESS;

    if (path != NULL && setenv("FOB_CONFIG", path, 1) < 0)
        code = output_nomem();
    free(path);
    return code;
}

static int cmd_exec_run(struct cli *cli)
{
    struct spawn start = { .argv = cli->options.tail,
                           .header = -1,
                           .report = output_error,
                           .at_file_limit = cli->at_file_limit };
    struct mask *mask = NULL;
    struct loans loans = { NULL, 0 };
    int code = cmd_exec_check_options(cli, &start);

    if (code == FOB_SUCCESS && options_has(&cli->options, "mask")) {
        mask = mask_new();
        if (mask == NULL)
            code = output_nomem();
    }
    if (code == FOB_SUCCESS)
        code = exec_pass_config(cli);
    if (code == FOB_SUCCESS)
        code = cmd_exec_prepare(cli, &loans, &start, mask);
    exec_end_loans(&loans);
    /* Close fob's descriptors, so that none has the number for the command's header. */
    fob_close(cli->context);
    cli->context = NULL;
    if (code == FOB_SUCCESS && mask != NULL)
        code = exec_run_masked(cli, &start, mask);
    else if (code == FOB_SUCCESS)
        cli->status = spawn_command(&start);
    environment_free(&start.environment);
    if (start.header >= 0)
        close(start.header);
    mask_free(mask);
    return code;
}

static const struct option_spec options[] = {
    { "prefix", "PREFIX", "the beginning of the variables' names, instead of PROVIDER_" },
    { "env", "NAME=FIELD...", "only this variable; NAME=ACCOUNT:FIELD of several" },
    { "as-file", NULL, "the variables are paths of files, which the end of the command removes" },
    { "header-fd", "N", "the Authorization header on descriptor N, and no variables" },
    { "clear-env", NULL, "an environment with only the variables" },
    { "mask", NULL, "replace the credentials by *** in the command's output" },
    { "force", NULL, "use the accounts once, whatever their statuses are" },
    { NULL, NULL, NULL },
};

const struct command cmd_exec = {
    .name = "exec",
    .arguments = "ACCOUNT... -- COMMAND [ARGUMENT...]",
    .summary = "run a command with credentials",
    .options = options,
    .min = 1,
    .max = 64,
    .tail = true,
    .run = cmd_exec_run,
};
