/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob inbox: links the accounts whose keys invited people sent. */
#include "config.h"

#include "cli/exit.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/inbox_watch.h"
#include "fob/invited.h"
#include "fob/number.h"

struct inbox_output {
    bool json;
    bool watch;
    int code; /* the first failure to print */
};

static void inbox_print_json(struct inbox_output *output, const struct fob_inbox_result *result)
{
    struct strbuf buf = STRBUF_INIT;

    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "invitation", result->id);
    output_json_text(&buf, "account", result->account);
    output_json_text(&buf, "provider", result->provider);
    output_json_text(&buf, "state", fob_invitation_state_name((int)result->state));
    output_json_text(&buf, "result", fob_code_name(result->code));
    output_json_text(&buf, "message", result->reason);
    output_json_text(&buf, "hint", result->hint);
    output_json_end(&buf, '}');
    output->code = exit_graver(output->code, output_json(&buf));
    output->code = exit_graver(output->code, output_flush());
}

static void cmd_inbox_tell(const struct fob_inbox_result *result, void *data)
{
    struct inbox_output *output = data;
    const char *colon = result->reason[0] != '\0' ? ": " : "";

    if (output->json)
        inbox_print_json(output, result);
    else
        (output->watch ? output_note : output_line)(
            "%.*s %s: %s%s%s", INVITED_SHORT, result->id, result->account,
            fob_invitation_state_name((int)result->state), colon, result->reason);
    if (!output->json)
        output_hint(result->hint);
}

/* Handle what is there. */
static int cmd_inbox_once(struct cli *cli, const struct fob_inbox *plan)
{
    char when[OUTPUT_TIME];
    int64_t next = 0;
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_inbox(cli->context, plan, &next);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (next == 0)
        return FOB_SUCCESS;
    output_time(next, "", when);
    return output_fail(FOB_UNAVAILABLE, NULL, "inbox: something waits until %s", when);
}

static int cmd_inbox_run(struct cli *cli)
{
    struct inbox_output output = { .json = cli->json,
                                   .watch = options_has(&cli->options, "watch") };
    struct fob_inbox plan = { .size = sizeof plan, .tell = cmd_inbox_tell, .data = &output };
    int code = number_option(cli, "jobs", NUMBER_JOBS, &plan.jobs);

    if (code == FOB_SUCCESS)
        code = output.watch ? inbox_watch(cli, &plan) : cmd_inbox_once(cli, &plan);
    return exit_graver(code, output.code);
}

static const struct option_spec options[] = {
    { "watch", NULL, "handle also what arrives, until a signal" },
    { "jobs", "NUMBER", "at most NUMBER calls at a time" },
    { NULL, NULL, NULL },
};

const struct command cmd_inbox = {
    .name = "inbox",
    .arguments = "",
    .summary = "link the accounts whose keys invited people sent",
    .options = options,
    .run = cmd_inbox_run,
    .plugins = true,
};
