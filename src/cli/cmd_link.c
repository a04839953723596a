/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob link: try again after a wrong pair, and never lose a typed secret to a bad network. */
#include "config.h"

#include "cli/fields_input.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/terminal.h"

#include <string.h>

#define TRIES 3

static const struct option_spec options[] = {
    FIELD_OPTIONS,
    LABEL_OPTIONS,
    { "no-validate", NULL, "store it without asking the provider" },
    { NULL, NULL, NULL },
};

/* What to do after a bad day at the provider's: 't'ry again, 's'tore unchecked, 'g'ive up. */
static char ask_what_next(struct cli *cli)
{
    struct fob_secret *reply = NULL;
    char answer = 'g';

    if (terminal_ask(cli, "Try again, store it unchecked, or give up? [t/s/g]: ", false, &reply) ==
            FOB_SUCCESS &&
        fob_secret_size(reply) == 1 && strchr("ts", fob_secret_data(reply)[0]) != NULL)
        answer = fob_secret_data(reply)[0];
    fob_secret_free(reply);
    return answer;
}

static bool is_bad_day(int code)
{
    return code == FOB_UNAVAILABLE || code == FOB_RATE_LIMITED || code == FOB_UNTRUSTED ||
           code == FOB_PROTOCOL;
}

/* Link or edit by CALL until it is done or the person has had enough. */
int link_with_person(struct cli *cli, struct fob_handle *handle,
                     int (*call)(struct fob_handle *handle, unsigned flags), unsigned flags)
{
    bool present = terminal_present(cli);
    int code = call(handle, flags);

    for (int refused = 1; present && code == FOB_REJECTED && refused < TRIES; refused++) {
        report(code);
        fob_clear_fields(handle);
        code = call(handle, flags | FOB_NO_GUIDE);
    }
    while (present && is_bad_day(code)) {
        int status = report(code);
        char next = ask_what_next(cli);

        if (next == 'g')
            return status;
        code = call(handle, flags | FOB_NO_GUIDE | (next == 's' ? FOB_NO_VALIDATE : 0U));
    }
    report(code);
    if (is_bad_day(code) && fob_error_hint()[0] == '\0')
        fprintf(stderr, "hint: try again later, or store it unchecked with --no-validate\n");
    return exit_status(code);
}

int link_print(struct cli *cli, struct fob_handle *handle, const char *what)
{
    const struct fob_account *account = fob_get_account(handle);
    const struct fob_provider *provider = fob_get_provider(handle);
    struct strbuf out = STRBUF_INIT;
    const char *remote;
    const char *title;

    if (account == NULL)
        return report(FOB_NOMEM);
    if (cli->global.json) {
        output_account(&out, account);
        return output_print(&out);
    }
    remote = fob_account_text(account, FOB_TEXT_REMOTE_NAME);
    title = provider != NULL ? fob_provider_text(provider, FOB_PROVIDER_TITLE)
                             : fob_account_text(account, FOB_TEXT_PROVIDER);
    strbuf_printf(&out, "%s: %s %s", fob_account_text(account, FOB_TEXT_NAME), what, title);
    if (fob_account_status(account) == FOB_STATUS_UNCHECKED)
        strbuf_text(&out, ", unchecked");
    else if (remote[0] != '\0')
        strbuf_printf(&out, " %s \"%s\"",
                      provider != NULL ? fob_provider_text(provider, FOB_PROVIDER_IDENTITY)
                                       : "account",
                      remote);
    return output_print(&out);
}

static int link_account(struct cli *cli, const struct parsed *parsed)
{
    unsigned flags = options_get(parsed, "no-validate") != NULL ? FOB_NO_VALIDATE : 0;
    struct fob_handle *handle = NULL;
    int status;
    int code = cli_open(cli);

    if (code == FOB_SUCCESS)
        code = fob_start(cli->context, parsed->arguments[0], parsed->arguments[1], NULL, &handle);
    if (code != FOB_SUCCESS)
        return report(code);
    status = labels_take(handle, parsed);
    if (status < 0)
        status = fields_take(handle, parsed);
    if (status < 0)
        status = link_with_person(cli, handle, fob_link, flags);
    if (status == 0 && fob_get_account(handle) != NULL)
        status = link_print(cli, handle, "linked to");
    fob_end(handle);
    return status;
}

int cmd_link(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("link"), options, 2, 2 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = link_account(cli, &parsed);
    options_free(&parsed);
    return status;
}
