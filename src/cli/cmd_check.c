/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob check and fob log. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"

struct findings {
    const struct cli *cli;
    struct strbuf out;
    size_t count;
};

static void take_finding(bool good, const char *text, void *data)
{
    struct findings *findings = data;

    if (!findings->cli->global.json) {
        fprintf(good ? stdout : stderr, "%s %s\n", good ? "good:" : "bad: ", text);
        return;
    }
    strbuf_printf(&findings->out, "%s{\"good\":%s", findings->count++ > 0 ? ",\n" : "",
                  good ? "true" : "false");
    output_text(&findings->out, "text", text, false);
    strbuf_text(&findings->out, "}");
}

static int check(struct cli *cli)
{
    struct findings findings = { .cli = cli, .out = STRBUF_INIT };
    int code = cli_open(cli);
    int printed = 0;

    if (code != FOB_SUCCESS)
        return report(code);
    strbuf_text(&findings.out, "[");
    code = fob_check(cli->context, take_finding, &findings);
    strbuf_text(&findings.out, "]");
    if (cli->global.json)
        printed = output_print(&findings.out);
    strbuf_free(&findings.out);
    return code != FOB_SUCCESS ? exit_status(code) : printed;
}

static bool print_line(const char *line, void *data)
{
    (void)data;
    return puts(line) >= 0;
}

static int show_log(struct cli *cli, const char *account)
{
    int code = cli_open(cli);

    if (code == FOB_SUCCESS)
        code = fob_read_log(cli->context, account, print_line, NULL);
    return report(code);
}

int cmd_check(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("check"), NULL, 0, 0 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = check(cli);
    options_free(&parsed);
    return status;
}

int cmd_log(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("log"), NULL, 0, 1 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = show_log(cli, parsed.argument_count > 0 ? parsed.arguments[0] : NULL);
    options_free(&parsed);
    return status;
}
