/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob revoke: revokes accounts, and says how far that went. */
#include "config.h"

#include "cli/confirm.h"
#include "fob/account_view.h"
#include "fob/commands.h"
#include "fob/duration.h"
#include "fob/filter.h"
#include "fob/selection.h"

#include <stdlib.h>
#include <string.h>

/* The outcome of a revocation that erased the account. */
static const char *revoke_outcome_name(int code)
{
    switch (code) {
    case FOB_SUCCESS:
        return "revoked";
    case FOB_REJECTED:
    case FOB_EXPIRED:
        return "rejected";
    case FOB_MANUAL:
        return "manual";
    case FOB_DENIED:
    case FOB_PROTOCOL:
        return "failed";
    default:
        return "unreachable";
    }
}

static int cmd_revoke_print_json(const char *account, int code, const char *message)
{
    struct strbuf buf = STRBUF_INIT;

    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "account", account);
    output_json_text(&buf, "outcome", revoke_outcome_name(code));
    output_json_text(&buf, "result", fob_code_name(code));
    output_json_text(&buf, "message", message);
    output_json_end(&buf, '}');
    return output_json(&buf);
}

static void cmd_revoke_print_plain(const char *account, const char *title, int code, bool confirmed)
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
        output_line("%s: erased here; %s could not be made to end it", account, title);
        break;
    }
}

/* Print the result.  A rejected credential, and one that a person must now delete, count as
 * success. */
static int cmd_revoke_print_result(struct cli *cli, const char *account, const char *title,
                                   int code)
{
    bool confirmed = options_has(&cli->options, "confirm");
    int printed = FOB_SUCCESS;

    if (cli->json)
        printed = cmd_revoke_print_json(account, code, code != FOB_SUCCESS ? fob_error() : "");
    else
        cmd_revoke_print_plain(account, title, code, confirmed);
    switch (code) {
    case FOB_SUCCESS:
    case FOB_REJECTED:
    case FOB_EXPIRED:
    case FOB_MANUAL:
        return printed;
    default:
        output_error(code);
        return code;
    }
}

static int cmd_revoke_ask(struct cli *cli, const char *account)
{
    char *place = account_place(cli->handle, fob_handle_account(cli->handle));
    struct strbuf question = STRBUF_INIT;
    int code;

    if (place != NULL)
        strbuf_printf(&question, "Revoke %s, %s? It is erased here for good. [y/N]", account,
                      place);
    if (place == NULL || question.failed)
        code = output_nomem();
    else
        code = confirm(cli, account, "revoking", question.data);
    free(place);
    strbuf_free(&question);
    return code;
}

static int revoke_set_patience(struct cli *cli)
{
    unsigned seconds = 0;
    int code;

    if (!options_has(&cli->options, "patience"))
        return FOB_SUCCESS;
    if (!options_has(&cli->options, "confirm"))
        return output_fail(FOB_INVALID, NULL, "--patience is only for --confirm");
    code = duration_option(cli, "patience", DURATION_WEEK, &seconds);
    if (code == FOB_SUCCESS)
        fob_set_patience(cli->handle, seconds);
    return code;
}

/* Ask one question about all accounts. */
static int revoke_ask_for_all(struct cli *cli, const struct selection *selection)
{
    struct strbuf question = STRBUF_INIT;
    int code;

    strbuf_printf(&question, "Revoke %zu accounts:", selection->count);
    for (size_t i = 0; i < selection->count; i++)
        strbuf_printf(&question, "%s %s", i > 0 ? "," : "", selection->names[i]);
    strbuf_add_text(&question, "? They are erased here for good. [y/N]");
    if (question.failed)
        code = output_nomem();
    else
        code = confirm(cli, "revoke", "revoking", question.data);
    strbuf_free(&question);
    return code;
}

static int revoke_one(struct cli *cli, const char *account, void *data)
{
    const bool *asked = data;
    const unsigned flags = options_has(&cli->options, "confirm") ? FOB_CONFIRM : 0;
    const struct fob_provider *provider;
    const char *title;
    int code = cli_start(cli, NULL, account);

    if (code == FOB_SUCCESS)
        code = revoke_set_patience(cli);
    if (code == FOB_SUCCESS && !*asked)
        code = cmd_revoke_ask(cli, account);
    if (code != FOB_SUCCESS)
        return code;
    provider = fob_handle_provider(cli->handle);
    code = fob_revoke(cli->handle, flags);
    if (fob_handle_account(cli->handle) != NULL)
        return cli_fail(cli, code);
    title = provider != NULL ? fob_provider_text(provider, FOB_PROVIDER_TITLE) : "";
    return cmd_revoke_print_result(cli, account, title[0] != '\0' ? title : "the provider", code);
}

static int cmd_revoke_run(struct cli *cli)
{
    struct selection selection;
    bool asked = false;
    int code = selection_read(cli, true, &selection);

    if (code == FOB_SUCCESS && selection.count > 1) {
        code = revoke_ask_for_all(cli, &selection);
        asked = true;
    }
    if (code == FOB_SUCCESS)
        code = selection_each(cli, &selection, revoke_one, &asked);
    selection_free(&selection);
    return code;
}

static const struct option_spec options[] = {
    { "confirm", NULL, "erase only when the provider rejects the old keys" },
    { "patience", "DURATION", "the longest time for --confirm (10m)" },
    FILTER_OPTIONS,
    CONFIRM_OPTION,
    { NULL, NULL, NULL },
};

const struct command cmd_revoke = {
    .name = "revoke",
    .arguments = "ACCOUNT...",
    .summary = "end accounts at their provider, and erase them here",
    .options = options,
    .max = SIZE_MAX,
    .run = cmd_revoke_run,
    .plugins = true,
};
