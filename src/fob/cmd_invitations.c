/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob invitations: shows or ends invitations. */
#include "config.h"

#include "cli/exit.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/invited.h"
#include "spool/spool_file.h"
#include "util/array.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* Who waits longer wonders whether anybody works. */
#define PATIENCE_S 60
/* How long a person has at the provider's page. */
#define SIGN_IN_S 600
#define STATE_COLUMN 4

static const char *const titles[] = {
    "ID", "ACCOUNT", "PROVIDER", "TO", "STATE", "TRIES", "EXPIRES"
};

struct invitations_list {
    bool all;
    bool json;
    struct table table;
    struct strbuf document;
    size_t shown;
    size_t waiting;                  /* received, and nobody knows why they wait */
    char sign_ins[FOB_NAME_MAX + 1]; /* a provider from which nobody came back; or "" */
};

static int64_t invitations_age(const struct fob_invitation *invitation)
{
    return (int64_t)time(NULL) - fob_invitation_number(invitation, FOB_INVITATION_SINCE);
}

/* Whether sign-ins were begun, and none came back. */
static bool invitations_lost_sign_in(const struct fob_invitation *invitation)
{
    const int64_t count = fob_invitation_number(invitation, FOB_INVITATION_SIGN_INS);

    return fob_invitation_state(invitation) == FOB_INVITATION_SIGN_IN &&
           (count > 1 || (count == 1 && invitations_age(invitation) > SIGN_IN_S));
}

static void cmd_invitations_note(struct invitations_list *list,
                                 const struct fob_invitation *invitation)
{
    const char *reason = fob_invitation_text(invitation, FOB_INVITATION_REASON);

    if (invitations_lost_sign_in(invitation))
        snprintf(list->sign_ins, sizeof list->sign_ins, "%s",
                 fob_invitation_text(invitation, FOB_INVITATION_PROVIDER));
    if (fob_invitation_state(invitation) != FOB_INVITATION_RECEIVED)
        return;
    if (reason[0] != '\0')
        output_note("%s: waits: %s", fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT),
                    reason);
    else
        list->waiting += invitations_age(invitation) > PATIENCE_S;
}

static void cmd_invitations_add_row(struct table *table, const struct fob_invitation *invitation)
{
    const int64_t tries = fob_invitation_number(invitation, FOB_INVITATION_ATTEMPTS);
    const int64_t left = fob_invitation_number(invitation, FOB_INVITATION_LEFT);
    char text[64];

    snprintf(text, sizeof text, "%.*s", INVITED_SHORT,
             fob_invitation_text(invitation, FOB_INVITATION_ID));
    table_add(table, text);
    table_add(table, fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT));
    table_add(table, fob_invitation_text(invitation, FOB_INVITATION_PROVIDER));
    table_add(table, fob_invitation_text(invitation, FOB_INVITATION_TO));
    snprintf(text, sizeof text, "%s",
             fob_invitation_state_name((int)fob_invitation_state(invitation)));
    if (invitations_lost_sign_in(invitation))
        snprintf(text, sizeof text, "signin (%" PRId64 ", none came back)",
                 fob_invitation_number(invitation, FOB_INVITATION_SIGN_INS));
    table_add(table, text);
    snprintf(text, sizeof text, "%" PRId64 " of %" PRId64, tries, tries + left);
    table_add(table, text);
    output_time(fob_invitation_number(invitation, FOB_INVITATION_EXPIRES), "-", text);
    table_add(table, text);
}

static void invitations_add_json(struct strbuf *document, const struct fob_invitation *invitation)
{
    output_json_begin(document, NULL, '{');
    invited_json(document, invitation);
    output_json_end(document, '}');
    output_json_flush(document);
}

static bool cmd_invitations_add(struct fob_invitation *invitation, void *data)
{
    struct invitations_list *list = data;

    if (invited_is_over(invitation) && !list->all)
        return false;
    list->shown++;
    if (list->json) {
        invitations_add_json(&list->document, invitation);
    } else {
        cmd_invitations_add_row(&list->table, invitation);
        cmd_invitations_note(list, invitation);
    }
    return false;
}

static void cmd_invitations_hint(const struct cli *cli, const struct invitations_list *list)
{
    char hint[256];

    if (list->shown == 0)
        output_note(list->all ? "Nobody was invited." : "No invitation waits for anybody.");
    if (list->waiting > 0 || spool_file_waits(fob_inbox_folder(cli->context), PATIENCE_S)) {
        output_hint("keys wait for more than a minute: does \"fob inbox --watch\" run?");
    }
    if (list->sign_ins[0] != '\0') {
        snprintf(hint, sizeof hint,
                 "does the provider know the address to come back to? \"fob check %s\" names it",
                 list->sign_ins);
        output_hint(hint);
    }
}

static int cmd_invitations_list(struct cli *cli)
{
    struct invitations_list list = {
        .all = options_has(&cli->options, "all"),
        .json = cli->json,
        .table = { .columns = ARRAY_SIZE(titles) },
        .document = STRBUF_INIT,
    };
    int printed;
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
        table_add(&list.table, titles[i]);
    output_json_begin(&list.document, NULL, '[');
    code = invited_each(cli, cmd_invitations_add, &list);
    if (code == FOB_SUCCESS || list.shown > 0) {
        output_json_end(&list.document, ']');
        printed = cli->json ? output_json(&list.document) : table_print(&list.table, STATE_COLUMN);
        code = exit_graver(code, printed);
    }
    if (code == FOB_SUCCESS && !cli->json)
        cmd_invitations_hint(cli, &list);
    strbuf_free(&list.document);
    table_free(&list.table);
    return code;
}

static int cmd_invitations_print_end(struct cli *cli, const struct fob_invitation *invitation)
{
    struct fob_invitation *ended = NULL;
    struct strbuf buf = STRBUF_INIT;
    int code;

    if (!cli->json) {
        output_line("%s: invitation %.*s is cancelled",
                    fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT), INVITED_SHORT,
                    fob_invitation_text(invitation, FOB_INVITATION_ID));
        return FOB_SUCCESS;
    }
    code = invited_find(cli, fob_invitation_text(invitation, FOB_INVITATION_ID), &ended);
    if (code != FOB_SUCCESS)
        return code;
    invitations_add_json(&buf, ended);
    fob_invitation_free(ended);
    return output_json(&buf);
}

static int cmd_invitations_cancel(struct cli *cli, const char *word)
{
    struct fob_invitation *invitation = NULL;
    int code = invited_find(cli, word, &invitation);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_cancel_invitation(cli->context, fob_invitation_text(invitation, FOB_INVITATION_ID));
    code = code == FOB_SUCCESS ? cmd_invitations_print_end(cli, invitation) : cli_fail(cli, code);
    fob_invitation_free(invitation);
    return code;
}

static int cmd_invitations_run(struct cli *cli)
{
    const bool cancel = options_has(&cli->options, "cancel");
    int gravest = FOB_SUCCESS;
    int code;

    if (cancel != (cli->options.argument_count > 0))
        return output_fail(FOB_INVALID, "usage: fob invitations [--all] | --cancel INVITATION...",
                           cancel ? "invitations: an argument is missing"
                                  : "invitations: arguments are for --cancel");
    if (cancel && options_has(&cli->options, "all"))
        return output_fail(FOB_INVALID, "name the invitations", "--all: not with --cancel");
    if (!cancel)
        return cmd_invitations_list(cli);
    code = cli_open(cli);
    for (size_t i = 0; i < cli->options.argument_count && code == FOB_SUCCESS; i++)
        gravest = exit_graver(gravest, cmd_invitations_cancel(cli, cli_argument(cli, i)));
    return exit_graver(code, gravest);
}

static const struct option_spec options[] = {
    { "all", NULL, "also those that ended within 90 days" },
    { "cancel", NULL, "end these invitations, or those of these accounts" },
    { NULL, NULL, NULL },
};

const struct command cmd_invitations = {
    .name = "invitations",
    .arguments = "[INVITATION...]",
    .summary = "show or end invitations",
    .options = options,
    .max = SIZE_MAX,
    .run = cmd_invitations_run,
};
