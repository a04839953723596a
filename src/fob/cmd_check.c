/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob check: prints what is wrong with the configuration, the plugins and the store. */
#include "config.h"

#include "cli/cli.h"
#include "cli/exit.h"
#include "cli/output.h"
#include "fob/commands.h"

struct findings {
    bool json;
    struct strbuf document;
    size_t bad;
};

/* A bad finding begins with FILE:LINE:COLUMN, so that an editor can jump there. */
static void cmd_check_print_finding(bool good, const char *text, void *data)
{
    struct findings *findings = data;

    findings->bad += !good;
    if (!findings->json) {
        output_lines(output_file(), good ? "ok: " : "", text);
        return;
    }
    output_json_begin(&findings->document, NULL, '{');
    output_json_flag(&findings->document, "good", good);
    output_json_text(&findings->document, "text", text);
    output_json_end(&findings->document, '}');
}

static void cmd_check_add_paths(const struct cli *cli, struct strbuf *document)
{
    output_json_begin(document, "paths", '{');
    output_json_text(document, "config", fob_path(cli->context, FOB_PATH_CONFIG));
    output_json_text(document, "store", fob_path(cli->context, FOB_PATH_STORE));
    output_json_text(document, "key_file", fob_path(cli->context, FOB_PATH_KEY_FILE));
    output_json_text(document, "log", fob_path(cli->context, FOB_PATH_LOG));
    output_json_end(document, '}');
}

/* Check everything, or the providers that are named. */
static int cmd_check_find(const struct cli *cli, struct findings *findings)
{
    const struct options *given = &cli->options;

    if (given->argument_count == 0)
        return fob_check(cli->context, cmd_check_print_finding, findings);
    return fob_check_providers(cli->context, (const char *const *)given->arguments,
                               cmd_check_print_finding, findings);
}

static int cmd_check_run(struct cli *cli)
{
    struct findings findings = { .json = cli->json, .document = STRBUF_INIT };
    int code = cli_open(cli);
    int printed = FOB_SUCCESS;

    if (code != FOB_SUCCESS)
        return code;
    output_json_begin(&findings.document, NULL, '{');
    output_json_begin(&findings.document, "findings", '[');
    if (options_has(&cli->options, "repair"))
        code = fob_repair(cli->context, cmd_check_print_finding, &findings);
    if (code != FOB_SUCCESS)
        cmd_check_print_finding(false, fob_error(), &findings);
    code = exit_graver(code, cmd_check_find(cli, &findings));
    output_json_end(&findings.document, ']');
    output_json_flag(&findings.document, "good", code == FOB_SUCCESS);
    cmd_check_add_paths(cli, &findings.document);
    output_json_end(&findings.document, '}');
    if (cli->json)
        printed = output_json(&findings.document);
    strbuf_free(&findings.document);
    if (findings.bad > 0)
        return output_fail(code, NULL, "check: %zu %s wrong", findings.bad,
                           findings.bad == 1 ? "thing is" : "things are");
    return code != FOB_SUCCESS ? cli_fail(cli, code) : printed;
}

static const struct option_spec options[] = {
    { "repair", NULL, "remove leftovers of interrupted writes, correct the spool" },
    { NULL, NULL, NULL },
};

const struct command cmd_check = {
    .name = "check",
    .arguments = "[PROVIDER...]",
    .summary = "check the configuration, the plugins and the store",
    .max = SIZE_MAX,
    .options = options,
    .run = cmd_check_run,
    .plugins = true,
};
