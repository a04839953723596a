/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What commands share: opening the library, errors, exit statuses. */
#include "config.h"

#include "cli/cli.h"

#include "cli/terminal.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int exit_status(int code)
{
    switch (code) {
    case FOB_SUCCESS:
        return 0;
    case FOB_REJECTED:
    case FOB_EXPIRED:
        return 1;
    case FOB_INVALID:
    case FOB_CONVERSATION:
        return EXIT_USAGE;
    case FOB_CORRUPT:
        return 65;
    case FOB_NOT_FOUND:
        return 66;
    case FOB_UNTRUSTED:
    case FOB_MANUAL:
        return 69;
    case FOB_EXISTS:
        return 73;
    case FOB_SYSTEM:
        return EXIT_IO;
    case FOB_UNAVAILABLE:
    case FOB_RATE_LIMITED:
        return 75;
    case FOB_PROTOCOL:
        return 76;
    case FOB_DENIED:
    case FOB_LOCKED:
    case FOB_SUSPENDED:
        return 77;
    case FOB_CONFIG:
    case FOB_PLUGIN:
        return 78;
    default:
        return EXIT_FAULT;
    }
}

int report(int code)
{
    /* An interrupted command ends as one, so that a calling shell stops as well. */
    if (code == FOB_ABORT && terminal_signal() != 0) {
        signal(terminal_signal(), SIG_DFL);
        raise(terminal_signal());
    }
    if (code != FOB_SUCCESS) {
        fprintf(stderr, "fob: %s\n", fob_error()[0] != '\0' ? fob_error() : fob_code_text(code));
        if (fob_error_hint()[0] != '\0')
            fprintf(stderr, "hint: %s\n", fob_error_hint());
    }
    return exit_status(code);
}

int usage_error(const char *format, ...)
{
    va_list args;

    fputs("fob: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

/* Trace lines with --trace; other lines of the parts that $FOB_DEBUG names. */
static void print_log(enum fob_log_level level, const char *part, const char *message, void *data)
{
    const struct global *global = data;
    const char *debug = secure_getenv("FOB_DEBUG");

    if (level == FOB_LOG_TRACE) {
        if (global->trace)
            fprintf(stderr, "trace: %s\n", message);
    } else if (debug != NULL && (strcmp(debug, "all") == 0 || strstr(debug, part) != NULL)) {
        fprintf(stderr, "%s: %s\n", part, message);
    }
}

int cli_open(struct cli *cli)
{
    int code;

    if (cli->context != NULL)
        return FOB_SUCCESS;
    code = fob_open(cli->global.config, &cli->context);
    if (code != FOB_SUCCESS)
        return code;
    if (cli->global.trace || secure_getenv("FOB_DEBUG") != NULL)
        fob_set_log(cli->context, print_log, &cli->global);
    terminal_conversation(cli, &cli->conv);
    fob_set_conversation(cli->context, &cli->conv);
    return FOB_SUCCESS;
}

int start_account(struct cli *cli, const char *account, struct fob_handle **handle)
{
    int code = cli_open(cli);

    return code == FOB_SUCCESS ? fob_start(cli->context, NULL, account, NULL, handle) : code;
}
