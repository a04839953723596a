/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob export: writes accounts to one sealed file. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/filter.h"
#include "fob/passphrase.h"
#include "util/array.h"
#include "util/calls.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct export
{
    struct filter filter;
    size_t count;
};

/* The temporary file of a backup that is not complete yet. */
struct temporary {
    char path[PATH_MAX];
    int fd;
};

/* Signals that end a process and can be caught. */
static const int deadly[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,   SIGTERM,
                              SIGUSR1, SIGUSR2, SIGPOLL, SIGPROF, SIGVTALRM, SIGXCPU };
/* The file to remove when a signal arrives; NULL for none. */
static const char *volatile leftover;

static void export_remove_leftover(int number)
{
    if (leftover != NULL)
        unlink(leftover);
    raise(number); /* takes its default action once the handler returns */
}

static void export_watch_signals(const char *path)
{
    const struct sigaction action = { .sa_handler = export_remove_leftover,
                                      .sa_flags = (int)SA_RESETHAND };

    leftover = path;
    for (size_t i = 0; i < ARRAY_SIZE(deadly); i++) {
        struct sigaction before;

        if (sigaction(deadly[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(deadly[i], &action, NULL);
    }
}

static int cmd_export_fail(const char *path)
{
    return output_fail(FOB_SYSTEM, NULL, "%s: %s", path, strerror(errno));
}

static int cmd_export_exists(const char *path)
{
    return output_fail(FOB_EXISTS, "name a new file", "%s: the file exists already", path);
}

static bool cmd_export_choose(const struct fob_account *account, void *data)
{
    struct export *export = data;
    bool chosen = filter_matches(&export->filter, account);

    export->count += chosen;
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

static int export_open_temporary(const char *path, struct temporary *temporary)
{
    static const char ending[] = ".XXXXXX";
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL ? (size_t)(slash + 1 - path) : 0;
    size_t size = strlen(path);

    if (access(path, F_OK) == 0)
        return cmd_export_exists(path);
    if (errno == ENAMETOOLONG)
        return cmd_export_fail(path);
    /* A long name is cut to make room for the ending. */
    if (size - folder > NAME_MAX - strlen(ending))
        size = folder + NAME_MAX - strlen(ending);
    if ((size_t)snprintf(temporary->path, sizeof temporary->path, "%.*s%s", (int)size, path,
                         ending) >= sizeof temporary->path)
        return output_fail(FOB_INVALID, NULL, "the file's name is too long");
    export_watch_signals(temporary->path);
    temporary->fd = mkostemp(temporary->path, O_CLOEXEC);
    return temporary->fd >= 0 ? FOB_SUCCESS : cmd_export_fail(path);
}

/* Rename the temporary file, unless the name has been taken meanwhile. */
static int cmd_export_rename(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* The file system lacks that flag. link(2) also fails when the name is taken. */
    if (link(temporary, path) < 0)
        return -1;
    unlink(temporary);
    return 0;
}

static int cmd_export_sync_parent(const char *path)
{
    char *copy = strdup(path);
    int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int code = fd >= 0 && fsync(fd) == 0 ? FOB_SUCCESS : cmd_export_fail(path);

    if (fd >= 0)
        close(fd);
    free(copy);
    return code;
}

/* Make the file private and durable, and give it its final name. */
static int export_publish_temporary(const struct temporary *temporary, const char *path)
{
    int code;

    if (fchmod(temporary->fd, 0600) < 0 || fsync(temporary->fd) < 0)
        return cmd_export_fail(path);
    if (cmd_export_rename(temporary->path, path) < 0)
        return errno == EEXIST ? cmd_export_exists(path) : cmd_export_fail(path);
    code = cmd_export_sync_parent(path);
    if (code != FOB_SUCCESS)
        unlink(path);
    return code;
}

static int export_to(struct cli *cli, int fd, const struct fob_export *plan)
{
    int code = fob_export(cli->context, fd, plan);

    return code == FOB_SUCCESS ? export_check_count(plan->data) : cli_fail(cli, code);
}

static int export_file(struct cli *cli, const char *path, const struct fob_export *plan)
{
    struct temporary temporary = { .fd = -1 };
    int code = export_open_temporary(path, &temporary);

    if (code != FOB_SUCCESS)
        return code;
    code = export_to(cli, temporary.fd, plan);
    if (code == FOB_SUCCESS)
        code = export_publish_temporary(&temporary, path);
    close(temporary.fd);
    if (code != FOB_SUCCESS)
        unlink(temporary.path);
    leftover = NULL;
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
