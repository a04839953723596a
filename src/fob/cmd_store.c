/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob store: a store that several machines share. */
#include "config.h"

#include "cli/cli.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "fob/commands.h"
#include "fob/store_follow.h"
#include "fob/subcommand.h"
#include "util/array.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int cmd_store_schema(struct cli *cli)
{
    const char *driver = cli_argument(cli, 1);
    const char *text = NULL;
    int code = fob_store_schema(driver != NULL ? driver : "postgresql", &text);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    fputs(text, stdout);
    return FOB_SUCCESS;
}

static void cmd_store_add_json(struct strbuf *buf, const struct fob_machine *machine)
{
    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "machine", machine->name);
    output_json_number(buf, "seen_s", machine->age);
    output_json_number(buf, "behind", (int64_t)machine->behind);
    output_json_flag(buf, "own", machine->own);
    output_json_end(buf, '}');
}

static void cmd_store_add_row(struct table *table, const struct fob_machine *machine)
{
    char text[64];

    table_add(table, machine->name[0] != '\0' ? machine->name : "?");
    snprintf(text, sizeof text, "%lld s ago", (long long)machine->age);
    table_add(table, text);
    if (machine->own)
        snprintf(text, sizeof text, "this machine");
    else if (machine->behind == 0)
        snprintf(text, sizeof text, "up to date then");
    else
        snprintf(text, sizeof text, "%llu change%s behind", (unsigned long long)machine->behind,
                 text_plural(machine->behind));
    table_add(table, text);
}

static int cmd_store_print_table(struct fob_machines *machines)
{
    static const char *const titles[] = { "MACHINE", "SEEN", "STATE" };
    struct table table = { .columns = ARRAY_SIZE(titles) };
    const struct fob_machine *machine;
    int code;

    for (size_t i = 0; i < table.columns; i++)
        table_add(&table, titles[i]);
    while ((machine = fob_machines_next(machines)) != NULL)
        cmd_store_add_row(&table, machine);
    code = table_print(&table, SIZE_MAX);
    table_free(&table);
    return code;
}

static int cmd_store_print_json(struct fob_machines *machines)
{
    struct strbuf buf = STRBUF_INIT;
    const struct fob_machine *machine;

    output_json_begin(&buf, NULL, '[');
    while ((machine = fob_machines_next(machines)) != NULL)
        cmd_store_add_json(&buf, machine);
    output_json_end(&buf, ']');
    return output_json(&buf);
}

static int cmd_store_machines(struct cli *cli)
{
    struct fob_machines *machines = NULL;
    int code = fob_machines_open(cli->context, &machines);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = cli->json ? cmd_store_print_json(machines) : cmd_store_print_table(machines);
    fob_machines_close(machines);
    return code;
}

/* What --restore says of the records that the server has lost. */
struct cmd_store_lost {
    struct cli *cli;
    bool asking; /* only report */
    size_t count;
    size_t chosen;
};

static bool cmd_store_is_chosen(const struct cli *cli, const char *name)
{
    const char *wanted;
    size_t at = 0;

    if (options_has(&cli->options, "restore-all"))
        return true;
    while ((wanted = options_next(&cli->options, "restore", &at)) != NULL) {
        if (strcmp(wanted, name) == 0)
            return true;
    }
    return false;
}

static bool cmd_store_judge(const struct fob_lost *lost, void *data)
{
    struct cmd_store_lost *all = data;
    const bool chosen = cmd_store_is_chosen(all->cli, lost->name);

    all->count++;
    all->chosen += chosen;
    if (!all->asking)
        return chosen;
    if (lost->there == 0)
        output_line("%s: the server does not have it any more%s", lost->name,
                    chosen ? "; it is written again" : "");
    else
        output_line("%s: the server has an older state%s", lost->name,
                    chosen ? "; the one of this machine is written again" : "");
    return chosen;
}

static int cmd_store_accept(struct cli *cli)
{
    struct cmd_store_lost lost = { .cli = cli, .asking = true };
    int code = fob_accept_rollback(cli->context, FOB_DRY_RUN, cmd_store_judge, &lost);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (lost.count == 0)
        output_line("nothing that this machine has is newer than what the server has");
    else if (lost.chosen < lost.count)
        output_hint("--restore NAME or --restore-all writes to the server what it has lost");
    if (options_has(&cli->options, "dry-run"))
        return FOB_SUCCESS;
    code = confirm(cli, "store", "take the server's state for the present one",
                   "Take the server's state for the present one?");
    if (code != FOB_SUCCESS)
        return code;
    lost.asking = false;
    code = fob_accept_rollback(cli->context, 0, cmd_store_judge, &lost);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    output_line("the store goes on from the server's state");
    return FOB_SUCCESS;
}

static void cmd_store_progress(uint64_t done, uint64_t all, void *data)
{
    (void)data;
    progress_count(done, all);
}

static int cmd_store_copy(struct cli *cli)
{
    const char *to = options_text(&cli->options, "to");
    int code;

    if (to == NULL)
        return output_fail(FOB_INVALID, NULL, "--to names the configuration of the new store");
    code = fob_copy_store(cli->context, to, cmd_store_progress, NULL);
    progress_hide();
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    output_line("the store has moved: %s says where it is now", to);
    output_hint("use that configuration from now on; the old store is kept, and takes no change");
    return FOB_SUCCESS;
}

static int cmd_store_run(struct cli *cli)
{
    static const struct subcommand parts[] = {
        { "schema", cmd_store_schema, true, { NULL } },
        { "machines", cmd_store_machines, false, { NULL } },
        { "copy", cmd_store_copy, false, { "to" } },
        { "follow", store_follow, false, { NULL } },
        { "accept-rollback",
          cmd_store_accept,
          false,
          { "restore", "restore-all", "dry-run", "yes" } },
    };

    return subcommand_run(cli, parts, ARRAY_SIZE(parts));
}

static const struct option_spec options[] = {
    { "to", "FILE", "copy: the configuration of the new store" },
    { "restore", "NAME...", "accept-rollback: write this record to the server again" },
    { "restore-all", NULL, "accept-rollback: write all that the server has lost" },
    { "dry-run", NULL, "accept-rollback: only say what the server has lost" },
    CONFIRM_OPTION,
    { NULL, NULL, NULL },
};

const struct command cmd_store = {
    .name = "store",
    .arguments = "schema [DRIVER] | machines | copy | follow | accept-rollback",
    .summary = "a store that several machines share",
    .options = options,
    .min = 1,
    .max = 2,
    .run = cmd_store_run,
};
