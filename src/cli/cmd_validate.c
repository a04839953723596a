/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob validate: ask the providers whether accounts are still accepted. */
#include "config.h"

#include "cli/account.h"
#include "cli/commands.h"
#include "cli/exit.h"

#include <limits.h>
#include <string.h>

/* How one account fared. */
struct verdict {
    const char *account;
    int code;
    const char *status;  /* "" when the account could not be read */
    const char *message; /* "" on success */
    const char *hint;
};

/* The library's message without the account's name, which the line begins with. */
static const char *message_without(const char *account)
{
    const char *message = fob_error();
    size_t size = strlen(account);

    if (strncmp(message, account, size) == 0 && strncmp(message + size, ": ", 2) == 0)
        return message + size + 2;
    return message;
}

static int print_json(const struct verdict *verdict)
{
    struct strbuf buf = STRBUF_INIT;

    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "account", verdict->account);
    output_json_text(&buf, "result", fob_code_name(verdict->code));
    output_json_text(&buf, "status", verdict->status);
    output_json_text(&buf, "message", verdict->message);
    output_json_end(&buf, '}');
    return output_json(&buf);
}

/* The provider's answer is the command's answer; what kept it from answering is an error. */
static void print_plain(const struct verdict *verdict)
{
    switch (verdict->code) {
    case FOB_SUCCESS:
        output_line("%s: %s", verdict->account, verdict->status);
        break;
    case FOB_REJECTED:
    case FOB_EXPIRED:
    case FOB_DENIED:
        output_line("%s: %s: %s", verdict->account, fob_code_name(verdict->code), verdict->message);
        output_hint(verdict->hint);
        break;
    default:
        output_fail(verdict->code, verdict->hint, "%s: %s", verdict->account, verdict->message);
        break;
    }
}

static void tell_grace(const struct verdict *verdict)
{
    if (verdict->code == FOB_REJECTED && strcmp(verdict->status, "rejected") != 0)
        output_note("%s: stays %s for now: a second \"no\" counts, at least a minute after the "
                    "first; or use --now",
                    verdict->account, verdict->status);
}

static int print_verdict(struct cli *cli, const struct verdict *verdict)
{
    int code = FOB_SUCCESS;

    if (cli->json)
        code = print_json(verdict);
    else
        print_plain(verdict);
    if (cli->json && verdict->code != FOB_SUCCESS)
        output_fail(verdict->code, verdict->hint, "%s: %s", verdict->account, verdict->message);
    tell_grace(verdict);
    /* Of many accounts each should be seen when it is done. */
    fflush(output_file());
    return code;
}

/* The provider may accept what is no longer lent because its date has passed. */
static void judge_date(const struct fob_account *account, struct verdict *verdict)
{
    if (verdict->code != FOB_SUCCESS || account == NULL ||
        fob_account_status(account) != FOB_STATUS_EXPIRED)
        return;
    verdict->code = FOB_EXPIRED;
    verdict->message = "the provider accepts it, but its date has passed";
    verdict->hint = "\"fob edit\" gives it another with --expires";
}

static int validate(struct cli *cli, const char *name)
{
    const unsigned flags = options_has(&cli->options, "now") ? FOB_NOW : 0;
    const struct fob_conversation conversation = { converse_account, &cli->converse };
    const struct fob_account *account = NULL;
    struct verdict verdict = { .account = name, .status = "", .message = "", .hint = "" };
    int printed;

    verdict.code = fob_start(cli->context, NULL, name, &conversation, &cli->handle);
    if (verdict.code == FOB_SUCCESS) {
        cli->converse.handle = cli->handle;
        verdict.code = fob_validate(cli->handle, flags);
        account = fob_get_account(cli->handle);
    }
    if (account != NULL)
        verdict.status = fob_status_name((int)fob_account_status(account));
    if (verdict.code != FOB_SUCCESS) {
        verdict.message = message_without(name);
        verdict.hint = fob_error_hint();
    }
    judge_date(account, &verdict);
    printed = print_verdict(cli, &verdict);
    cli_end(cli);
    return exit_graver(verdict.code, printed);
}

static int validate_named(struct cli *cli)
{
    int result = FOB_SUCCESS;
    int code;

    for (size_t i = 0; i < cli->options.argument_count && result != FOB_ABORT; i++) {
        code = validate(cli, cli_argument(cli, i));
        result = exit_graver(result, code);
    }
    return result;
}

/* Every account but the suspended ones: nobody wants to know of those. */
static int validate_all(struct cli *cli)
{
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    int result = FOB_SUCCESS;
    int code = fob_accounts_open(cli->context, &accounts);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    while (result != FOB_ABORT && (code = fob_accounts_next(accounts, &account)) != FOB_NOT_FOUND) {
        if (code == FOB_SUCCESS && fob_account_status(account) != FOB_STATUS_SUSPENDED)
            result = exit_graver(result, validate(cli, fob_account_text(account, FOB_TEXT_NAME)));
        else if (code != FOB_SUCCESS)
            result = exit_graver(result, cli_fail(cli, code));
        fob_account_free(account);
        account = NULL;
        if (code != FOB_SUCCESS && code != FOB_CORRUPT && code != FOB_DENIED)
            break;
    }
    fob_accounts_close(accounts);
    return result;
}

static int run(struct cli *cli)
{
    bool all = options_has(&cli->options, "all");
    int code;

    if (all == (cli->options.argument_count > 0))
        return output_fail(FOB_INVALID, "usage: fob validate [options] ACCOUNT… | --all",
                           all ? "validate: either accounts or --all"
                               : "validate: an argument is missing");
    code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    return all ? validate_all(cli) : validate_named(cli);
}

static const struct option_spec options[] = {
    { "all", NULL, "every account that is not suspended" },
    { "now", NULL, "one \"no\" is enough to call an account rejected" },
    { NULL, NULL, NULL },
};

const struct command cmd_validate = {
    .name = "validate",
    .arguments = "ACCOUNT... | --all",
    .summary = "ask whether accounts are still accepted",
    .options = options,
    .most = SIZE_MAX,
    .run = run,
    .plugins = true,
};
