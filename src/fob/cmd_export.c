/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob export: writes accounts to one sealed file. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/filter.h"
#include "fob/new_file.h"
#include "fob/passphrase.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct export
{
    struct filter filter;
    size_t count;
};

static bool cmd_export_choose(const struct fob_account *account, void *data)
{
    struct export *export = data;
    bool chosen = filter_matches(&export->filter, account);

    export->count += chosen && strchr(fob_account_text(account, FOB_TEXT_NAME), ':') == NULL;
    return chosen;
}

/* Refuse an empty backup, which a slip in a filter can cause: it would only be noticed when it is
 * needed. */
static int export_check_count(const struct export *export)
{
    if (export->count > 0 || !filter_is_set(&export->filter))
        return FOB_SUCCESS;
    return output_fail(FOB_NOT_FOUND, NULL, "no account matches; nothing was exported");
}

/* Refuse an account's name in place of the file's, which was forgotten. */
static int export_check_file(struct cli *cli, const char *path)
{
    struct fob_account *account = NULL;
    bool found =
        text_is_name(path) && fob_read_account(cli->context, path, &account) == FOB_SUCCESS;
    char hint[2 * FOB_NAME_MAX + 80];

    fob_account_free(account);
    if (!found)
        return FOB_SUCCESS;
    snprintf(hint, sizeof hint, "\"fob export FILE %s\"; a file of that name is ./%s", path, path);
    return output_fail(FOB_INVALID, hint, "%s: an account has this name; name the file first",
                       path);
}

/* Check that all named accounts exist. */
static int cmd_export_check_names(struct cli *cli)
{
    const char *name;

    for (size_t i = 1; (name = cli_argument(cli, i)) != NULL; i++) {
        struct fob_account *account = NULL;
        int code = fob_read_account(cli->context, name, &account);

        fob_account_free(account);
        if (code != FOB_SUCCESS)
            return cli_fail(cli, code);
    }
    return FOB_SUCCESS;
}

static int export_to(struct cli *cli, int fd, const struct fob_export *plan)
{
    int code = fob_export(cli->context, fd, plan);

    return code == FOB_SUCCESS ? export_check_count(plan->data) : cli_fail(cli, code);
}

static int export_file(struct cli *cli, const char *path, const struct fob_export *plan)
{
    struct new_file file;
    int code = new_file_open(path, &file);

    if (code != FOB_SUCCESS)
        return code;
    code = export_to(cli, file.fd, plan);
    if (code == FOB_SUCCESS)
        code = new_file_publish(&file);
    new_file_close(&file);
    return code;
}

static int export_stdout(struct cli *cli, const struct fob_export *plan)
{
    int fd = fileno(output_file());
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) /* closed, or not writable */
        return output_fail(FOB_SYSTEM, NULL, "stdout: %s", strerror(EBADF));
    if (isatty(fd))
        return output_fail(FOB_INVALID, "send it into a file or a program",
                           "a backup is not for a terminal");
    return export_to(cli, fd, plan);
}

static int cmd_export_print_made(const struct cli *cli, const char *path, size_t count)
{
    struct strbuf buf = STRBUF_INIT;

    if (!cli->json) {
        output_line("%s: %zu account%s", path, count, text_plural(count));
        return FOB_SUCCESS;
    }
    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "file", path);
    output_json_number(&buf, "accounts", (int64_t)count);
    output_json_end(&buf, '}');
    return output_json(&buf);
}

static int cmd_export_run(struct cli *cli)
{
    struct export export = { .count = 0 };
    struct fob_secret *passphrase = NULL;
    struct fob_export plan = {
        .size = sizeof plan,
        .key_file = options_text(&cli->options, "key-file"),
        .choose = cmd_export_choose,
        .data = &export,
        .accounts = cli->options.argument_count > 1
                        ? (const char *const *)(cli->options.arguments + 1)
                        : NULL,
    };
    const char *passphrase_file = options_text(&cli->options, "backup-passphrase-file");
    const char *path = cli_argument(cli, 0);
    bool to_stdout = strcmp(path, "-") == 0;
    int code = filter_read(cli, &export.filter);

    if (code == FOB_SUCCESS && plan.key_file != NULL && passphrase_file != NULL)
        code = output_fail(FOB_INVALID, NULL,
                           "a backup is under a key file or a passphrase, not both");
    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    if (code == FOB_SUCCESS)
        code = export_check_file(cli, path);
    if (code == FOB_SUCCESS)
        code = cmd_export_check_names(cli);
    if (code == FOB_SUCCESS && plan.key_file == NULL)
        code = passphrase_choose(cli, passphrase_file, "--backup-passphrase-file or --key-file",
                                 &passphrase);
    if (code != FOB_SUCCESS)
        return code;
    plan.passphrase = passphrase;
    code = to_stdout ? export_stdout(cli, &plan) : export_file(cli, path, &plan);
    fob_secret_free(passphrase);
    return code == FOB_SUCCESS && !to_stdout ? cmd_export_print_made(cli, path, export.count)
                                             : code;
}

static const struct option_spec options[] = {
    FILTER_OPTIONS,
    { "key-file", "FILE", "for the store that has this key file, instead of a passphrase" },
    { "backup-passphrase-file", "FILE", "the backup's passphrase, in a private file" },
    { NULL, NULL, NULL },
};

const struct command cmd_export = {
    .name = "export",
    .arguments = "FILE [ACCOUNT...]",
    .summary = "write accounts to an encrypted backup",
    .options = options,
    .min = 1,
    .max = SIZE_MAX,
    .run = cmd_export_run,
};
