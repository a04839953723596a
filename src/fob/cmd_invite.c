/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob invite: prints a link by which somebody else gives the keys of an account. */
#include "config.h"

#include "cli/fields_input.h"
#include "cli/output.h"
#include "fob/account_view.h"
#include "fob/answer.h"
#include "fob/commands.h"
#include "fob/duration.h"
#include "fob/invited.h"
#include "fob/number.h"
#include "util/write.h"

#include <string.h>

#define VALID_DAYS 30
#define VALID_MIN_S 300
#define ATTEMPTS_MAX 100

static int cmd_invite_read(const struct cli *cli, struct fob_invite *how)
{
    const struct options *given = &cli->options;
    unsigned valid = VALID_MIN_S;
    int code = duration_option(cli, "valid", VALID_DAYS, &valid);

    if (code == FOB_SUCCESS && valid < VALID_MIN_S)
        code = output_fail(FOB_INVALID, NULL, "--valid: must be from 5m to 30d");
    if (code == FOB_SUCCESS)
        code = number_option(cli, "attempts", ATTEMPTS_MAX, &how->attempts);
    how->to = options_text(given, "to");
    how->from = options_text(given, "from");
    how->label = options_text(given, "label");
    how->note = options_text(given, "note");
    how->return_url = options_text(given, "return");
    how->valid = options_has(given, "valid") ? valid : 0;
    how->pin = options_has(given, "pin");
    how->flags = (options_has(given, "hold") ? FOB_HOLD : 0U) |
                 (options_has(given, "new-identity") ? FOB_NEW_IDENTITY : 0U);
    return code;
}

static int invite_usage(void)
{
    return output_fail(FOB_INVALID,
                       "usage: fob invite [options] PROVIDER ACCOUNT | --relink ACCOUNT | "
                       "--again INVITATION",
                       "invite: either a provider and a new account, or one of --relink, --again");
}

/* Start the account to be linked. */
static int cmd_invite_start(struct cli *cli)
{
    const char *relink = options_text(&cli->options, "relink");
    int code;

    if (cli->options.argument_count != (relink != NULL ? 0 : 2))
        return invite_usage();
    if (relink != NULL)
        return cli_start(cli, NULL, relink);
    if (options_has(&cli->options, "new-identity"))
        return output_fail(FOB_INVALID, NULL, "--new-identity: only for --relink");
    code = cli_start(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (code == FOB_SUCCESS && fob_handle_account(cli->handle) != NULL)
        code = output_fail(FOB_EXISTS, "--relink asks for new keys of an account that exists",
                           "%s: exists already", cli_argument(cli, 1));
    return code;
}

/* What was made; the secrets are printed now, or never. */
struct invited {
    struct fob_secret *link;
    struct fob_secret *pin; /* or NULL */
    struct fob_invitation *invitation;
};

static void invite_add_secret(struct answer *answer, const char *name,
                              const struct fob_secret *secret)
{
    answer_add(answer, "\"", 1);
    answer_add(answer, name, strlen(name));
    answer_add(answer, "\":", 2);
    if (secret == NULL) {
        answer_add(answer, "null", 4);
        return;
    }
    answer_add(answer, "\"", 1);
    answer_add(answer, fob_secret_data(secret), fob_secret_size(secret));
    answer_add(answer, "\"", 1);
}

static int cmd_invite_print_json(const struct invited *invited)
{
    struct strbuf members = STRBUF_INIT;
    struct answer answer = ANSWER_INIT;
    int code;

    answer_add(&answer, "{", 1);
    invite_add_secret(&answer, "link", invited->link);
    answer_add(&answer, ",", 1);
    invite_add_secret(&answer, "pin", invited->pin);
    output_json_begin(&members, NULL, '{');
    invited_json(&members, invited->invitation);
    code = members.failed ? output_nomem() : FOB_SUCCESS;
    if (code == FOB_SUCCESS) {
        answer_add(&answer, ",", 1);
        answer_add(&answer, members.data + 1, members.size - 1);
    }
    answer_add(&answer, "}\n", 2);
    strbuf_free(&members);
    return code == FOB_SUCCESS ? answer_end(&answer) : (answer_end(&answer), code);
}

static int invite_print_pin(const struct fob_secret *pin)
{
    struct fob_secret *line = NULL;
    int code = fob_secret_new("PIN: ", 5, &line);

    if (code == FOB_SUCCESS)
        code = fob_secret_append(line, fob_secret_data(pin), fob_secret_size(pin));
    if (code == FOB_SUCCESS)
        code = fob_secret_append(line, "\n", 1);
    if (code != FOB_SUCCESS)
        output_error(code);
    else if (write_fully(STDERR_FILENO, fob_secret_data(line), fob_secret_size(line)) < 0)
        code = output_fail(FOB_SYSTEM, NULL, "stderr: %m");
    fob_secret_free(line);
    return code;
}

static int cmd_invite_print(const struct cli *cli, const struct invited *invited)
{
    int code;

    if (cli->json)
        return cmd_invite_print_json(invited);
    code = answer_line(invited->link);
    return code == FOB_SUCCESS && invited->pin != NULL ? invite_print_pin(invited->pin) : code;
}

/* Invite to a new account, or to one that exists. */
static int cmd_invite_new(struct cli *cli, struct invited *invited)
{
    struct fob_invite how = { .size = sizeof how };
    const char *expect = options_text(&cli->options, "expect");
    int code = cmd_invite_read(cli, &how);

    if (code == FOB_SUCCESS)
        code = cmd_invite_start(cli);
    if (code == FOB_SUCCESS)
        code = account_set_items(&cli->options, cli->handle);
    if (code == FOB_SUCCESS)
        code = fields_from_options(&cli->options, cli->handle);
    if (code == FOB_SUCCESS && expect != NULL)
        code = fob_set_item(cli->handle, FOB_ITEM_EXPECT, expect);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_invite(cli->handle, &how, &invited->link, &invited->pin, &invited->invitation);
    return code == FOB_SUCCESS ? cmd_invite_print(cli, invited) : cli_fail(cli, code);
}

static int cmd_invite_again(struct cli *cli, const char *word, struct invited *invited)
{
    struct fob_invitation *invitation = NULL;
    int code;

    for (size_t i = 0; i < cli->options.parsed_count; i++) {
        const struct option_spec *spec = cli->options.parsed[i].spec;

        if (strcmp(spec->name, "again") != 0 && !options_is_global(spec))
            return output_fail(FOB_INVALID, "the new link has the settings of the old one",
                               "--%s: not with --again", spec->name);
    }
    if (cli->options.argument_count > 0)
        return invite_usage();
    code = cli_open(cli);
    if (code == FOB_SUCCESS)
        code = invited_find(cli, word, &invitation);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_invite_again(cli->context, fob_invitation_text(invitation, FOB_INVITATION_ID),
                            &invited->link, &invited->pin, &invited->invitation);
    fob_invitation_free(invitation);
    return code == FOB_SUCCESS ? cmd_invite_print(cli, invited) : cli_fail(cli, code);
}

static int cmd_invite_run(struct cli *cli)
{
    const char *again = options_text(&cli->options, "again");
    struct invited invited = { .link = NULL };
    int code =
        again != NULL ? cmd_invite_again(cli, again, &invited) : cmd_invite_new(cli, &invited);

    fob_secret_free(invited.link);
    fob_secret_free(invited.pin);
    fob_invitation_free(invited.invitation);
    return code;
}

static const struct option_spec options[] = {
    { "relink", "ACCOUNT", "ask for new keys of this account" },
    { "new-identity", NULL, "with --relink: they may belong to somebody else" },
    { "again", "INVITATION", "a new link with the same settings; the old one ends" },
    { "to", "NAME", "the person" },
    { "from", "TEXT", "who invites; otherwise hub.name of fob.yaml" },
    { "label", "TEXT", "what is connected, as the person calls it" },
    { "note", "TEXT", "a message to the person" },
    { "valid", "DURATION", "5m to 30d; otherwise 7d" },
    { "attempts", "NUMBER", "how many refused keys end it; otherwise 5" },
    { "pin", NULL, "the page asks for a PIN" },
    { "hold", NULL, "the account is suspended until it is resumed" },
    { "expect", "IDENTITY", "the company or person that the keys must belong to" },
    { "return", "URL", "where the last page leads to" },
    { "field", "NAME=VALUE...", "a field that is not secret and not asked for" },
    { "field-file", "NAME=PATH...", "a field that is not asked for is in this file" },
    ACCOUNT_OPTIONS,
    { "expires", "YYYY-MM-DD", "the first day on which it is no longer lent (UTC)" },
    { NULL, NULL, NULL },
};

const struct command cmd_invite = {
    .name = "invite",
    .arguments = "PROVIDER ACCOUNT | --relink ACCOUNT | --again INVITATION",
    .summary = "let somebody else give the keys of an account, on a web page",
    .options = options,
    .max = 2,
    .run = cmd_invite_run,
    .plugins = true,
};
