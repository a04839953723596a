/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob revoke: take an account back, and tell the truth about how far that went. */
#include "config.h"

#include "cli/account.h"
#include "cli/commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MAX (7 * 24 * 60 * 60)

/* "90", "90s", "15m", "2h", "1d" as seconds. */
static bool parse_duration(const char *text, unsigned *seconds)
{
    static const char units[] = "smhd";
    static const unsigned factors[] = { 1, 60, 60 * 60, 24 * 60 * 60 };
    unsigned long factor = 1;
    unsigned long value;
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    value = strtoul(text, &end, 10);
    if (*end != '\0') {
        const char *unit = strchr(units, *end);

        if (unit == NULL || end[1] != '\0')
            return false;
        factor = factors[unit - units];
    }
    if (value > PATIENCE_MAX / factor)
        return false;
    *seconds = (unsigned)(value * factor);
    return true;
}

/* How a revocation that erased the account ended. */
static const char *outcome_name(int code)
{
    switch (code) {
    case FOB_SUCCESS:
        return "revoked";
    case FOB_REJECTED:
    case FOB_EXPIRED:
        return "rejected";
    case FOB_MANUAL:
        return "manual";
    default:
        return "unreachable";
    }
}

static int print_json(const char *account, int code, const char *message)
{
    struct strbuf buf = STRBUF_INIT;

    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "account", account);
    output_json_text(&buf, "outcome", outcome_name(code));
    output_json_text(&buf, "result", fob_code_name(code));
    output_json_text(&buf, "message", message);
    output_json_end(&buf, '}');
    return output_json(&buf);
}

static void print_plain(const char *account, const char *title, int code, bool confirmed)
{
    switch (code) {
    case FOB_SUCCESS:
        output_line("%s: revoked at %s, and erased here%s", account, title,
                    confirmed ? "; the old keys are rejected there now" : "");
        break;
    case FOB_REJECTED:
    case FOB_EXPIRED:
        output_line("%s: erased here; %s did not accept it any more", account, title);
        break;
    case FOB_MANUAL:
        output_line("%s: erased here; at %s a person must still end it: %s", account, title,
                    fob_error());
        break;
    default:
        output_line("%s: erased here; %s could not be made to end it: %s", account, title,
                    fob_error());
        break;
    }
}

/* A dead credential, and one whose end is in a person's hands now, are what was asked for. */
static int print_result(struct cli *cli, const char *title, int code)
{
    const char *account = cli_argument(cli, 0);
    bool confirmed = options_has(&cli->options, "confirm");
    int printed = FOB_SUCCESS;

    if (cli->json)
        printed = print_json(account, code, code != FOB_SUCCESS ? fob_error() : "");
    else
        print_plain(account, title, code, confirmed);
    switch (code) {
    case FOB_SUCCESS:
    case FOB_REJECTED:
    case FOB_EXPIRED:
    case FOB_MANUAL:
        return printed;
    default:
        output_hint(fob_error_hint());
        return code;
    }
}

/* What can not be undone is asked for. */
static int ask(struct cli *cli)
{
    const char *account = cli_argument(cli, 0);
    struct strbuf question = STRBUF_INIT;
    char letter = 'n';
    char *place;
    int code;

    if (options_has(&cli->options, "yes"))
        return FOB_SUCCESS;
    if (!converse_possible(&cli->converse))
        return output_fail(FOB_INVALID, "--yes does it without asking",
                           "%s: revoking can not be undone, and there is nobody to ask", account);
    place = account_place(cli->handle, fob_get_account(cli->handle));
    if (place == NULL)
        return output_fail(FOB_NOMEM, NULL, "out of memory");
    strbuf_printf(&question, "Revoke %s, %s? It is erased here for good. [y/N]", account, place);
    free(place);
    if (question.failed)
        code = output_fail(FOB_NOMEM, NULL, "out of memory");
    else
        code = converse_choose(&cli->converse, question.data, "yn", &letter);
    strbuf_free(&question);
    if (code == FOB_SUCCESS && letter == 'n')
        code = output_fail(FOB_CONVERSATION, NULL, "%s: nothing was done", account);
    return code;
}

static int set_patience(struct cli *cli)
{
    const char *text = options_text(&cli->options, "patience");
    unsigned seconds = 0;

    if (text == NULL)
        return FOB_SUCCESS;
    if (!options_has(&cli->options, "confirm"))
        return output_fail(FOB_INVALID, NULL, "--patience goes with --confirm");
    if (!parse_duration(text, &seconds))
        return output_fail(FOB_INVALID, "such as 90, 15m or 2h; at most 7d",
                           "--patience: not a duration");
    fob_set_patience(cli->handle, seconds);
    return FOB_SUCCESS;
}

static int run(struct cli *cli)
{
    const unsigned flags = options_has(&cli->options, "confirm") ? FOB_CONFIRM : 0;
    const struct fob_provider *provider;
    const char *title;
    int code = cli_start(cli, NULL, cli_argument(cli, 0));

    if (code == FOB_SUCCESS)
        code = set_patience(cli);
    if (code == FOB_SUCCESS)
        code = ask(cli);
    if (code != FOB_SUCCESS)
        return code;
    provider = fob_get_provider(cli->handle);
    code = fob_revoke(cli->handle, flags);
    if (fob_get_account(cli->handle) != NULL)
        return cli_fail(cli, code);
    title = provider != NULL ? fob_provider_text(provider, FOB_PROVIDER_TITLE) : "";
    return print_result(cli, title[0] != '\0' ? title : "the provider", code);
}

static const struct option_spec options[] = {
    { "confirm", NULL, "erase only when the provider rejects the old keys" },
    { "patience", "DURATION", "how long --confirm may take (10m)" },
    { "yes", NULL, "do not ask whether that is meant" },
    { NULL, NULL, NULL },
};

const struct command cmd_revoke = {
    .name = "revoke",
    .arguments = "ACCOUNT",
    .summary = "end an account at the provider, and erase it here",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
    .plugins = true,
};
