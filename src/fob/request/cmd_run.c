/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob run: runs an action of the provider's file, and prints its answer as a table, CSV or JSON. */
#include "config.h"

#include "cli/cli.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "fob/request/request_options.h"
#include "fob/request/actions.h"
#include "fob/request/items.h"
#include "fob/request/request.h"
#include "util/array.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64
/* The most output written to stdout at once. */
#define OUTPUT_SIZE ((size_t)64 * 1024)

/* One run. */
struct run {
    struct cli *cli;
    const struct fob_provider *provider;
    const struct fob_action *action;
    struct fob_request *request;
    struct strbuf body; /* the body of --data */
    struct items items;
};

static int run_read_layout(const struct cli *cli, enum layout *layout)
{
    static const char *const names[] = { "table", "csv", "json", "ndjson" };
    const char *name = options_text(&cli->options, "format");

    *layout = cli->json ? LAYOUT_JSON : LAYOUT_TABLE;
    if (name == NULL)
        return FOB_SUCCESS;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *layout = (enum layout)i;
            return FOB_SUCCESS;
        }
    }
    return output_fail(FOB_INVALID, NULL, "--format: must be table, csv, json or ndjson");
}

/* Read --fields, else the columns of the provider's file for tables and CSV. */
static int run_read_fields(const struct run *run, struct fields *fields)
{
    const char *text = options_text(&run->cli->options, "fields");
    const char *const *columns = run->action->columns;
    int code = FOB_SUCCESS;

    if (text != NULL)
        code = fields_parse(fields, text);
    else if (run->items.layout == LAYOUT_TABLE || run->items.layout == LAYOUT_CSV)
        for (; code == FOB_SUCCESS && columns != NULL && *columns != NULL; columns++)
            code = fields_add(fields, *columns, strlen(*columns));
    if (code == FOB_SUCCESS && fields->count > TABLE_COLUMNS)
        code = output_fail(FOB_INVALID, NULL, "--fields: at most %d", TABLE_COLUMNS);
    return code;
}

static int run_read_items(struct run *run)
{
    const struct options *options = &run->cli->options;

    run->items.action = run->action;
    run->items.show_private = options_has(options, "show-private");
    run->items.csv_safe = options_has(options, "csv-safe");
    run->items.csv_printable = isatty(fileno(output_file()));
    if (run->items.csv_safe && run->items.layout != LAYOUT_CSV)
        return output_fail(FOB_INVALID, NULL, "--csv-safe goes with --format csv");
    return run_read_fields(run, &run->items.fields);
}

/* Read the arguments NAME=VALUE after the action. */
static int run_read_arguments(struct run *run, unsigned flags)
{
    const char *arguments[ARGUMENTS_MAX + 1] = { NULL };
    int code;

    for (size_t i = 0; i < ARGUMENTS_MAX; i++)
        arguments[i] = cli_argument(run->cli, i + 2);
    code = fob_request_new(run->action, arguments, flags, &run->request);
    if (code != FOB_SUCCESS)
        output_error(code);
    return code;
}

/* Make the request from the arguments and --data. */
static int run_read_call(struct run *run)
{
    const char *data = options_text(&run->cli->options, "data");
    int code;

    if (data != NULL && strcmp(run->action->method, "GET") == 0)
        return output_fail(FOB_INVALID, NULL, "--data: %s has no body", run->action->name);
    code = run_read_arguments(run, data != NULL ? FOB_OWN_BODY : 0);
    if (code == FOB_SUCCESS && data != NULL)
        code = request_read_data(data, &run->body);
    return code;
}

/* Ask before an action that writes, and refuse it for accounts that the provider spares. */
static int run_confirm_write(struct run *run)
{
    const struct fob_account *account = fob_handle_account(run->cli->handle);
    const char *name = cli_argument(run->cli, 0);
    char question[256];

    if (!run->action->writes)
        return FOB_SUCCESS;
    if (fob_provider_spares_tests(run->provider) &&
        strcmp(fob_account_text(account, FOB_TEXT_TYPE), "test") == 0)
        return output_fail(FOB_NOT_ALLOWED, NULL,
                           "%s: %s writes, which provider %s does not want for accounts of the "
                           "type \"test\"",
                           name, run->action->name,
                           fob_provider_text(run->provider, FOB_PROVIDER_NAME));
    snprintf(question, sizeof question, "%s at %s for %s: %s %s? [y/N]", run->action->name,
             fob_provider_text(run->provider, FOB_PROVIDER_TITLE), name, run->action->method,
             fob_request_path(run->request));
    return confirm(run->cli, name, run->action->name, question);
}

static int cmd_run_authorize(struct run *run)
{
    const unsigned flags = options_has(&run->cli->options, "force") ? FOB_FORCE : 0;
    bool unmasked = run->items.show_private && run->action->withheld != NULL;
    char detail[FOB_NAME_MAX + 16];
    int code;

    snprintf(detail, sizeof detail, "%s%s", run->action->name, unmasked ? ", private" : "");
    code = fob_set_item(run->cli->handle, FOB_ITEM_DETAIL, detail);
    if (code == FOB_SUCCESS)
        code = fob_authorize(run->cli->handle, "run", flags);
    return code == FOB_SUCCESS ? code : cli_fail(run->cli, code);
}

static int run_send_call(struct run *run)
{
    struct request request = {
        .account = cli_argument(run->cli, 0),
        .handle = run->cli->handle,
        .query = {
            .size = sizeof request.query,
            .method = run->action->method,
            .path = fob_request_path(run->request),
        },
    };
    int code = cmd_run_authorize(run);

    if (code != FOB_SUCCESS)
        return code;
    request.query.body = run->body.data != NULL ? run->body.data : fob_request_body(run->request);
    if (request.query.body != NULL)
        request.query.body_size = strlen(request.query.body);
    if (run->body.data != NULL)
        request.query.body_size = run->body.size;
    return items_print(&run->items, &request);
}

static int run_action(struct run *run, const char *name)
{
    int code = fob_find_action(run->provider, name, &run->action);

    if (code != FOB_SUCCESS)
        return cli_fail(run->cli, code);
    code = run_read_items(run);
    if (code == FOB_SUCCESS)
        code = run_read_call(run);
    if (code == FOB_SUCCESS)
        code = run_confirm_write(run);
    return code == FOB_SUCCESS ? run_send_call(run) : code;
}

static int run_list_actions(const struct run *run)
{
    if (run->items.layout == LAYOUT_JSON)
        return actions_json(run->provider);
    if (run->items.layout != LAYOUT_TABLE)
        return output_fail(FOB_INVALID, NULL, "the list of actions is a table or json");
    if (fob_provider_action(run->provider, 0) == NULL)
        output_note("Provider %s has no actions: \"fob request\" makes any call.",
                    fob_provider_text(run->provider, FOB_PROVIDER_NAME));
    return actions_table(run->provider);
}

static int cmd_run_command(struct cli *cli)
{
    const char *action = cli_argument(cli, 1);
    struct run run = { .cli = cli };
    int code = run_read_layout(cli, &run.items.layout);

    if (code == FOB_SUCCESS)
        code = cli_start(cli, NULL, cli_argument(cli, 0));
    if (code != FOB_SUCCESS)
        return code;
    run.provider = fob_handle_provider(cli->handle);
    if (run.provider == NULL)
        return cli_fail(cli, FOB_CONFIG);
    (void)setvbuf(output_file(), NULL, isatty(fileno(output_file())) ? _IOLBF : _IOFBF,
                  OUTPUT_SIZE);
    code = action != NULL ? run_action(&run, action) : run_list_actions(&run);
    items_free(&run.items);
    strbuf_free(&run.body);
    fob_request_free(run.request);
    return code;
}

const struct command cmd_run = {
    .name = "run",
    .arguments = RUN_ARGUMENTS,
    .summary = RUN_SUMMARY,
    .options = run_options,
    .min = 1,
    .max = 2 + ARGUMENTS_MAX,
    .run = cmd_run_command,
    .plugins = true,
};
