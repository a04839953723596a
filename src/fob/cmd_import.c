/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob import: imports accounts from a sealed backup. */
#include "config.h"

#include "cli/cli.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "fob/commands.h"
#include "fob/filter.h"
#include "fob/passphrase.h"
#include "util/array.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct cmd_import_state {
    struct cli *cli;
    struct filter filter;
    bool *found;  /* which of the named accounts are in the backup */
    bool matched; /* some account of the backup matched */
    bool dry_run;
    bool replace_newer;
    uint64_t seen;
    size_t older; /* accounts left alone because their keys in the store are newer */
    int told;     /* a failure to read the passphrase that was already reported */
    struct fob_secret *passphrase;
    struct strbuf document;
};

static const char *const step_names[] = { "new", "same", "replace", "rename", "conflict", "older" };
_Static_assert(ARRAY_SIZE(step_names) == FOB_IMPORT_STEP_COUNT, "a name each");

static bool cmd_import_choose(const struct fob_account *account, void *data)
{
    struct cmd_import_state *import = data;
    bool named = cli_argument(import->cli, 1) == NULL;
    const char *name;

    for (size_t i = 1; (name = cli_argument(import->cli, i)) != NULL; i++) {
        if (strcmp(name, fob_account_text(account, FOB_TEXT_NAME)) == 0)
            named = import->found[i] = true;
    }
    named = named && filter_matches(&import->filter, account);
    import->matched |= named;
    return named;
}

/* When ACCOUNT got its keys. */
static int64_t cmd_import_time_of_keys(const struct fob_account *account)
{
    int64_t linked = fob_account_time(account, FOB_TIME_LINKED);
    int64_t changed = fob_account_time(account, FOB_TIME_CHANGED);

    return changed > linked ? changed : linked;
}

/* When an account got its keys, in the store and in the backup. */
struct dates {
    char here[21];
    char there[21];
};

/* Read the dates of NAME in the store and of ACCOUNT in the backup. */
static bool import_read_dates(const struct cmd_import_state *import, const char *name,
                              const struct fob_account *account, struct dates *dates)
{
    struct fob_account *here = NULL;

    if (fob_read_account(import->cli->context, name, &here) != FOB_SUCCESS)
        return false;
    text_time(cmd_import_time_of_keys(here), dates->here);
    text_time(cmd_import_time_of_keys(account), dates->there);
    fob_account_free(here);
    return true;
}

/* Print what would be replaced. */
static void import_print_plan(const char *name, enum fob_import_step step,
                              const struct dates *dates)
{
    output_line("%s: would be replaced%s: its keys are of %s here, of %s in the backup", name,
                step == FOB_IMPORT_OLDER ? " by older keys" : "", dates->here, dates->there);
}

static void import_print_step(const struct cmd_import_state *import, enum fob_import_step step,
                              const char *old, const char *name)
{
    switch (step) {
    case FOB_IMPORT_NEW:
        output_line("%s: %s", name, import->dry_run ? "would be imported" : "imported");
        break;
    case FOB_IMPORT_SAME:
        output_line("%s: already in the store, as in the backup", name);
        break;
    case FOB_IMPORT_REPLACE:
        output_line("%s: replaced", name);
        break;
    case FOB_IMPORT_OLDER:
        output_line("%s: replaced by older keys", name);
        break;
    case FOB_IMPORT_RENAME:
        output_line("%s: %s as %s", old, import->dry_run ? "would be imported" : "imported", name);
        break;
    default:
        output_line("%s: the store has another account of this name", name);
        break;
    }
}

static void cmd_import_report(enum fob_import_step step, const struct fob_account *account,
                              const char *name, void *data)
{
    struct cmd_import_state *import = data;
    const char *old = fob_account_text(account, FOB_TEXT_NAME);
    bool refused = step == FOB_IMPORT_OLDER && !import->replace_newer;
    bool planned = refused || (import->dry_run && step == FOB_IMPORT_REPLACE);
    struct dates dates;

    import->older += refused;
    progress_count(++import->seen, 0);
    planned = planned && import_read_dates(import, name, account, &dates);
    if (!import->cli->json) {
        if (planned)
            import_print_plan(name, step, &dates);
        else
            import_print_step(import, step, old, name);
        return;
    }
    output_json_begin(&import->document, NULL, '{');
    output_json_text(&import->document, "account", name);
    output_json_text(&import->document, "backup_account", old);
    output_json_text(&import->document, "step", step_names[step]);
    if (planned) {
        output_json_text(&import->document, "keys_of", dates.here);
        output_json_text(&import->document, "backup_keys_of", dates.there);
    }
    output_json_end(&import->document, '}');
}

static int cmd_import_ask(struct fob_secret **passphrase, void *data)
{
    struct cmd_import_state *import = data;

    if (import->passphrase == NULL)
        import->told = passphrase_ask(
            import->cli, options_text(&import->cli->options, "backup-passphrase-file"),
            "--backup-passphrase-file", "Passphrase of the backup", &import->passphrase);
    if (import->told != FOB_SUCCESS)
        return import->told;
    return fob_secret_new(fob_secret_data(import->passphrase), fob_secret_size(import->passphrase),
                          passphrase);
}

static int import_open_backup(const char *path, int *fd)
{
    struct stat st;
    int new = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (new < 0)
        return output_fail(errno == ENOENT ? FOB_NOT_FOUND : FOB_SYSTEM, NULL, "%s: %s", path,
                           strerror(errno));
    if (fstat(new, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(new);
        return output_fail(FOB_INVALID, "put the backup into a file first",
                           "%s: not a file, and a backup is read twice", path);
    }
    *fd = new;
    return FOB_SUCCESS;
}

/* Report accounts that were named but are not in the backup. */
static int import_check_found(const struct cmd_import_state *import)
{
    int code = FOB_SUCCESS;
    const char *name;

    for (size_t i = 1; (name = cli_argument(import->cli, i)) != NULL; i++) {
        if (!import->found[i])
            code = output_fail(FOB_NOT_FOUND, NULL, "%s: not in the backup", name);
    }
    if (code == FOB_SUCCESS && !import->matched && filter_is_set(&import->filter))
        code = output_fail(FOB_NOT_FOUND, NULL, "no account in the backup matches");
    return code;
}

static int import_run_once(struct cmd_import_state *import, int fd)
{
    const struct options *options = &import->cli->options;
    const struct fob_import plan = {
        .size = sizeof plan,
        .passphrase = cmd_import_ask,
        .key_file = options_text(options, "key-file"),
        .choose = cmd_import_choose,
        .tell = cmd_import_report,
        .data = import,
        .flags = (options_has(options, "replace") ? FOB_REPLACE : 0U) |
                 (options_has(options, "rename") ? FOB_RENAME : 0U) |
                 (import->replace_newer ? FOB_REPLACE_NEWER : 0U) |
                 (import->dry_run ? FOB_DRY_RUN : 0U),
    };

    strbuf_free(&import->document);
    output_json_begin(&import->document, NULL, '[');
    return fob_import(import->cli->context, fd, &plan);
}

/* Some accounts would get older keys: ask, and import again. */
static int import_run_again(struct cmd_import_state *import, int fd)
{
    char question[128];
    int code;

    snprintf(question, sizeof question,
             "Replace the newer keys of %zu account%s? What is not in the backup is lost. [y/N]",
             import->older, text_plural(import->older));
    code = confirm(import->cli, cli_argument(import->cli, 0), "replacing newer keys", question);
    if (code != FOB_SUCCESS) {
        import->told = code;
        return code;
    }
    import->replace_newer = true;
    return import_run_once(import, fd);
}

static int import_run(struct cmd_import_state *import, int fd)
{
    int printed = FOB_SUCCESS;
    int code = import_run_once(import, fd);

    if (code == FOB_EXISTS && import->older > 0)
        code = import_run_again(import, fd);
    progress_hide();
    output_json_end(&import->document, ']');
    /* Report what was done even after a failure. */
    if (import->cli->json && (code == FOB_SUCCESS || import->document.size > strlen("[]")))
        printed = output_json(&import->document);
    strbuf_free(&import->document);
    if (code != FOB_SUCCESS && code == import->told)
        return code;
    if (code != FOB_SUCCESS)
        return cli_fail(import->cli, code);
    code = import_check_found(import);
    return code != FOB_SUCCESS ? code : printed;
}

static int cmd_import_run(struct cli *cli)
{
    struct cmd_import_state import = {
        .cli = cli,
        .dry_run = options_has(&cli->options, "dry-run"),
        .replace_newer =
            options_has(&cli->options, "yes") && !options_has(&cli->options, "dry-run"),
        .document = STRBUF_INIT,
    };
    int fd = -1;
    int code = filter_read(cli, &import.filter);

    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    if (code == FOB_SUCCESS)
        code = import_open_backup(cli_argument(cli, 0), &fd);
    if (code != FOB_SUCCESS)
        return code;
    import.found = calloc(cli->options.argument_count + 1, sizeof *import.found);
    code = import.found != NULL ? import_run(&import, fd) : output_nomem();
    free(import.found);
    fob_secret_free(import.passphrase);
    close(fd);
    return code;
}

static const struct option_spec options[] = {
    { "dry-run", NULL, "only print what would be done" },
    { "replace", NULL, "replace accounts of the same name" },
    CONFIRM_OPTION,
    { "rename", NULL, "give the backup's account another name: NAME-2" },
    FILTER_OPTIONS,
    { "key-file", "FILE", "the key file that the backup is for, if not the configured one" },
    { "backup-passphrase-file", "FILE", "the backup's passphrase, in a private file" },
    { NULL, NULL, NULL },
};

const struct command cmd_import = {
    .name = "import",
    .arguments = "FILE [ACCOUNT...]",
    .summary = "restore accounts from an encrypted backup",
    .options = options,
    .min = 1,
    .max = SIZE_MAX,
    .run = cmd_import_run,
};
