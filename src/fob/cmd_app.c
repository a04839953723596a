/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob app: keeps what a provider knows the application by, for all accounts. */
#include "config.h"

#include "cli/cli.h"
#include "cli/fields_input.h"
#include "cli/output.h"
#include "fob/commands.h"

#include <string.h>

static void cmd_app_add_field(struct strbuf *buf, const struct fob_app *app,
                              const struct fob_provider_field *field)
{
    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "name", field->name);
    output_json_flag(buf, "secret", field->secret);
    output_json_text(buf, "value", fob_app_value(app, field->name));
    output_json_end(buf, '}');
}

static int cmd_app_print_json(const struct fob_app *app)
{
    const struct fob_provider *provider = fob_app_provider(app);
    const struct fob_provider_field *field;
    struct strbuf buf = STRBUF_INIT;

    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "provider", fob_provider_text(provider, FOB_PROVIDER_NAME));
    output_json_time(&buf, "set", fob_app_time(app));
    output_json_text(&buf, "redirect_uri", fob_app_redirect_uri(app));
    output_json_begin(&buf, "fields", '[');
    for (size_t i = 0; (field = fob_provider_app_field(provider, i)) != NULL; i++)
        cmd_app_add_field(&buf, app, field);
    output_json_end(&buf, ']');
    output_json_end(&buf, '}');
    return output_json(&buf);
}

/* Say what must be registered at the provider. */
static void cmd_app_print_redirect(const struct fob_app *app)
{
    const char *uri = fob_app_redirect_uri(app);
    char hint[FOB_NAME_MAX + 96];

    if (uri != NULL && uri[0] != '\0')
        output_line("Redirect URI: %s", uri);
    if (uri == NULL || uri[0] != '\0')
        return;
    snprintf(hint, sizeof hint,
             "set hub: { url: ... } in fob.yaml, and register that address with /callback/%s",
             fob_provider_text(fob_app_provider(app), FOB_PROVIDER_NAME));
    output_note("the redirect URI is not known");
    output_hint(hint);
}

static int cmd_app_show(struct cli *cli, const struct fob_app *app)
{
    const struct fob_provider *provider = fob_app_provider(app);
    const struct fob_provider_field *field;
    char when[OUTPUT_TIME];

    if (fob_app_time(app) == 0)
        return output_fail(FOB_NOT_FOUND, NULL, "the app of %s is not registered here",
                           cli_argument(cli, 0));
    if (cli->json)
        return cmd_app_print_json(app);
    output_time(fob_app_time(app), "", when);
    output_line("Provider: %s", fob_provider_text(provider, FOB_PROVIDER_NAME));
    output_line("Set: %s", when);
    for (size_t i = 0; (field = fob_provider_app_field(provider, i)) != NULL; i++) {
        const char *value = fob_app_value(app, field->name);

        if (field->secret || value != NULL)
            output_line("Field %s: %s", field->name, field->secret ? "(secret)" : value);
    }
    cmd_app_print_redirect(app);
    return FOB_SUCCESS;
}

static int cmd_app_remove(struct cli *cli, struct fob_app *app)
{
    int code = fob_app_remove(app);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (!cli->json)
        output_line("%s: its app is forgotten here; end it at the provider, too",
                    cli_argument(cli, 0));
    return FOB_SUCCESS;
}

static int cmd_app_set(struct cli *cli, struct fob_app *app)
{
    const struct options *options = &cli->options;
    unsigned flags = 0;
    int code = fields_from_options_app(options, app);

    if (code != FOB_SUCCESS)
        return code;
    if (options_has(options, "stdin") || options_has(options, "field-file"))
        flags |= FOB_NO_GUIDE;
    /* First: without it nothing can be registered that gives the values. */
    if (!cli->json) {
        cmd_app_print_redirect(app);
        (void)output_flush();
    }
    code = fob_app_store(app, flags);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (cli->json)
        return cmd_app_print_json(app);
    output_line("%s: its app is stored", cli_argument(cli, 0));
    return FOB_SUCCESS;
}

static int cmd_app_run(struct cli *cli)
{
    const struct fob_conversation conversation = { .size = sizeof conversation,
                                                   .converse = converse_account,
                                                   .data = &cli->converse };
    const bool shows = options_has(&cli->options, "show");
    const bool removes = options_has(&cli->options, "remove");
    struct fob_app *app = NULL;
    int code;

    if (shows && removes)
        return output_fail(FOB_INVALID, NULL, "--show and --remove exclude each other");
    code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_app_open(cli->context, cli_argument(cli, 0), &conversation, &app);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    cli->converse.app = app;
    cli->converse.account = cli_argument(cli, 0);
    code = shows     ? cmd_app_show(cli, app)
           : removes ? cmd_app_remove(cli, app)
                     : cmd_app_set(cli, app);
    cli->converse.app = NULL;
    cli->converse.account = NULL;
    fob_app_close(app);
    return code;
}

static const struct option_spec options[] = {
    FIELDS_OPTIONS,
    { "show", NULL, "show what is stored, without secrets" },
    { "remove", NULL, "forget it, if no account needs it" },
    { NULL, NULL, NULL },
};

const struct command cmd_app = {
    .name = "app",
    .arguments = "PROVIDER",
    .summary = "store the ID and secret of the app that is registered at a provider",
    .options = options,
    .min = 1,
    .max = 1,
    .run = cmd_app_run,
};
