/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a command from argv to its exit status. */
#include "config.h"

#include "cli/cli.h"

#include "cli/exit.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "util/array.h"
#include "util/die.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Occupy closed standard descriptors, so that no file opened later becomes stdin, stdout or
 * stderr. */
static int cli_reserve_standard_files(void)
{
    struct pollfd files[] = { { .fd = STDIN_FILENO },
                              { .fd = STDOUT_FILENO },
                              { .fd = STDERR_FILENO } };

    if (poll(files, 3, 0) < 0)
        return FOB_SYSTEM;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        /* Open with the wrong mode, so that using the descriptor still fails; close it on exec. */
        int mode = (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC;

        if ((files[fd].revents & POLLNVAL) != 0 && open("/dev/null", mode) != fd)
            return FOB_SYSTEM;
    }
    return FOB_SUCCESS;
}

static void cli_apply_globals(struct cli *cli, const struct options *options)
{
    const char *text;

    cli->json |= options_has(options, "json");
    cli->trace |= options_has(options, "trace");
    cli->help |= options_has(options, "help");
    cli->version |= options_has(options, "version");
    cli->converse.silent |= options_has(options, "no-input");
    if ((text = options_text(options, "config")) != NULL)
        cli->config = text;
    if ((text = options_text(options, "passphrase-file")) != NULL)
        cli->converse.passphrase_file = text;
    if ((text = options_text(options, "passphrase-fd")) != NULL)
        cli->converse.passphrase_fd = text;
}

const char *cli_argument(const struct cli *cli, size_t index)
{
    return index < cli->options.argument_count ? cli->options.arguments[index] : NULL;
}

int cli_fail(struct cli *cli, int code)
{
    if (cli->converse.told != FOB_SUCCESS)
        return cli->converse.told;
    if (code == FOB_ABORT && cli->converse.terminal.signal != 0)
        return code; /* the sender of the signal knows */
    if ((code == FOB_CONVERSATION || code == FOB_LOCKED) && cli->converse.why[0] != '\0')
        return output_fail(code, cli->converse.hint, "%s", cli->converse.why);
    output_error(code);
    return code;
}

void cli_close(struct cli *cli)
{
    fob_close(cli->context);
    cli->context = NULL;
    cli->converse.context = NULL;
}

int cli_reopen(struct cli *cli)
{
    const struct fob_conversation conversation = { .size = sizeof conversation,
                                                   .converse = converse_store,
                                                   .data = &cli->converse };
    int code;

    cli_close(cli);
    code = fob_open(cli->config, &cli->context);
    if (code != FOB_SUCCESS)
        return code;
    cli->converse.context = cli->context;
    fob_set_log(cli->context, debug_log, cli);
    fob_set_log_level(cli->context, debug_level(cli));
    fob_set_wait(progress_wait, NULL);
    return fob_set_conversation(cli->context, &conversation);
}

int cli_open(struct cli *cli)
{
    int code = cli->context == NULL ? cli_reopen(cli) : FOB_SUCCESS;

    return code == FOB_SUCCESS ? FOB_SUCCESS : cli_fail(cli, code);
}

int cli_start(struct cli *cli, const char *provider, const char *account)
{
    const struct fob_conversation conversation = { .size = sizeof conversation,
                                                   .converse = converse_account,
                                                   .data = &cli->converse,
                                                   .sign_in = cli->converse.sign_in };
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_start(cli->context, provider, account, &conversation, &cli->handle);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    cli->converse.handle = cli->handle;
    cli->converse.account = account;
    return FOB_SUCCESS;
}

void cli_end(struct cli *cli)
{
    fob_end(cli->handle);
    cli->handle = NULL;
    cli->converse.handle = NULL;
    cli->converse.account = NULL;
}

static int cli_print_text(struct strbuf *text)
{
    int code = FOB_SUCCESS;

    if (text->failed)
        code = output_nomem();
    else
        fputs(text->data, stdout);
    strbuf_free(text);
    return code;
}

static int cli_print_help(const struct command *const *commands, const struct command *command)
{
    struct strbuf text = STRBUF_INIT;

    if (command != NULL)
        options_help(command, &text);
    else
        options_help_all(commands, &text);
    return cli_print_text(&text);
}

static const struct command *cli_find_command(const struct command *const *commands,
                                              const char *name)
{
    for (; *commands != NULL; commands++) {
        if (strcmp((*commands)->name, name) == 0)
            return *commands;
    }
    return NULL;
}

/* The command for NAME, as other tools call it; or NULL. */
static const struct command *cli_find_synonym(const struct command *const *commands,
                                              const char *name)
{
    static const struct {
        const char *name, *ours;
    } habits[] = {
        { "add", "link" },       { "login", "link" },    { "create", "link" },
        { "insert", "link" },    { "mv", "rename" },     { "rm", "revoke" },
        { "remove", "revoke" },  { "delete", "revoke" }, { "unlink", "revoke" },
        { "logout", "revoke" },  { "ls", "list" },       { "accounts", "list" },
        { "status", "list" },    { "cat", "get" },       { "read", "get" },
        { "info", "show" },      { "test", "validate" }, { "verify", "validate" },
        { "set", "edit" },       { "update", "edit" },   { "disable", "suspend" },
        { "enable", "resume" },  { "env", "exec" },      { "backup", "export" },
        { "restore", "import" }, { "history", "log" },   { "audit", "log" },
        { "doctor", "check" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(habits); i++) {
        if (strcmp(habits[i].name, name) == 0)
            return cli_find_command(commands, habits[i].ours);
    }
    return NULL;
}

static int cli_unknown_command(const struct command *const *commands, const char *name)
{
    const struct command *familiar = cli_find_synonym(commands, name);
    const struct command *nearest = familiar != NULL ? familiar : options_nearest(commands, name);
    char hint[96] = "\"fob --help\" lists the commands";

    if (name[0] == '\0')
        return output_fail(FOB_INVALID, hint, "the command is empty");
    if (nearest != NULL)
        snprintf(hint, sizeof hint, "did you mean \"fob %s\"?", nearest->name);
    return output_fail(FOB_INVALID, hint, "%.64s: unknown command", name);
}

static int cli_usage_fault(const struct options *options, const struct command *command)
{
    char hint[96];

    if (options->error[0] == '\0')
        return output_nomem();
    snprintf(hint, sizeof hint, "see \"fob %s%s--help\"", command != NULL ? command->name : "",
             command != NULL ? " " : "");
    return output_fail(FOB_INVALID, options->hint[0] != '\0' ? options->hint : hint, "%s",
                       options->error);
}

/* A plugin that calls exit() must not make fob report success. */
static bool ended;

static void cli_check_ended(void)
{
    if (ended)
        return;
    output_fail(FOB_PLUGIN, NULL, "a plugin ended the process, which no plugin may");
    _exit(exit_status(FOB_PLUGIN));
}

/* Parse the rest of the command line, and run the command. */
static int cli_run_command(struct cli *cli, const struct command *const *commands, int argc,
                           char **argv)
{
    int code = options_parse(cli->command, argc, argv, &cli->options);

    if (code != FOB_SUCCESS)
        return cli_usage_fault(&cli->options, cli->command);
    cli_apply_globals(cli, &cli->options);
    if (cli->help)
        return cli_print_help(commands, cli->command);
    if (cli->version)
        return puts("fob " PACKAGE_VERSION) < 0 ? FOB_SYSTEM : FOB_SUCCESS;
    code = cli->command->plugins ? output_protect() : FOB_SUCCESS;
    if (cli->command->plugins && atexit(cli_check_ended) != 0)
        code = output_nomem();
    return code == FOB_SUCCESS ? cli->command->run(cli) : code;
}

/* "fob help COMMAND" is "fob COMMAND --help". */
static int cli_run_help(const struct command *const *commands, const char *name)
{
    const struct command *command = cli_find_command(commands, name);

    if (command == NULL)
        return cli_unknown_command(commands, name);
    return cli_print_help(commands, command);
}

static int cli_run(struct cli *cli, const struct command *const *commands, int argc, char **argv)
{
    struct options before;
    int code = options_parse(NULL, argc, argv, &before);
    int at;

    if (code != FOB_SUCCESS) {
        code = cli_usage_fault(&before, NULL);
        options_clear(&before);
        return code;
    }
    cli_apply_globals(cli, &before);
    at = argc - (int)before.argument_count;
    options_clear(&before);
    if (cli->version)
        return puts("fob " PACKAGE_VERSION) < 0 ? FOB_SYSTEM : FOB_SUCCESS;
    if (at < argc && strcmp(argv[at], "help") == 0 && at + 1 < argc)
        return cli_run_help(commands, argv[at + 1]);
    if (at < argc && strcmp(argv[at], "help") != 0) {
        cli->command = cli_find_command(commands, argv[at]);
        if (cli->command == NULL)
            return cli_unknown_command(commands, argv[at]);
        return cli_run_command(cli, commands, argc - at, argv + at);
    }
    if (cli->help || at < argc)
        return cli_print_help(commands, NULL);
    return output_fail(FOB_INVALID, "\"fob --help\" lists the commands", "no command was given");
}

/* Skip the libraries' exit handlers: libcrypto's alone takes as long as a whole "fob get".  A
 * sanitizer checks for leaks in exit(), so it needs them. */
static int cli_leave(int status)
{
#ifndef FOB_SANITIZED
    fflush(NULL);
    _exit(status);
#endif
    return status;
}

/* What was read may be older than it should be. */
static void cli_warn_of_store(const struct cli *cli)
{
    char *text = NULL;

    if (cli->context != NULL && fob_store_warning(cli->context, &text) == FOB_SUCCESS &&
        text != NULL)
        output_note("warning: %s", text);
    free(text);
}

int cli_main(int argc, char **argv, const struct command *const *commands)
{
    struct cli cli = {
        .commands = commands,
        .converse = CONVERSE_INIT,
        .debug = secure_getenv("FOB_DEBUG"),
        .status = -1,
    };
    int code = cli_reserve_standard_files();
    int number;

    fob_secret_no_dumps();
    /* Treat the limit on file sizes like a full disk, which is reported. */
    cli.at_file_limit = signal(SIGXFSZ, SIG_IGN);
    if (code == FOB_SUCCESS)
        code = cli_run(&cli, commands, argc, argv);
    number = cli.converse.terminal.signal;
    progress_wait(NULL, 0, NULL);
    /* A status other than 0 must have a reason on stderr. */
    if (code != FOB_SUCCESS && !output_has_failed() && (code != FOB_ABORT || number == 0))
        output_error(code);
    cli_warn_of_store(&cli);
    options_clear(&cli.options);
    cli_end(&cli);
    cli_close(&cli);
    converse_close(&cli.converse);
    /* The shell must see that ^C ended the command. */
    if (code == FOB_ABORT && number != 0)
        die_of_signal(number);
    code = exit_graver(code, output_close());
    ended = true;
    return cli_leave(cli.status >= 0 && code == FOB_SUCCESS ? cli.status : exit_status(code));
}
