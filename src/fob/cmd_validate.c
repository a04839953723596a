/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob validate: asks the providers whether accounts are still accepted. */
#include "config.h"

#include "cli/output.h"
#include "fob/commands.h"
#include "fob/duration.h"
#include "fob/filter.h"
#include "fob/number.h"
#include "fob/sweep_output.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Which accounts to validate, and how to report them. */
struct validation {
    struct filter filter;
    int64_t not_since; /* only accounts not accepted since then; or 0 */
    bool all;
    struct sweep_output output;
};

static bool cmd_validate_choose(const struct fob_account *account, void *data)
{
    const struct validation *validation = data;
    bool suspended = fob_account_status(account) == FOB_STATUS_SUSPENDED;

    /* Skip suspended accounts unless --status asks for them. */
    if (suspended && validation->all && validation->filter.status == NULL)
        return false;
    if (validation->not_since != 0 &&
        fob_account_time(account, FOB_TIME_VALIDATED) >= validation->not_since)
        return false;
    return filter_matches(&validation->filter, account);
}

static void cmd_validate_report(const struct fob_sweep_result *result, void *data)
{
    struct validation *validation = data;

    sweep_output_result(&validation->output, result);
}

static bool cmd_validate_tick(const struct fob_sweep_state *state, void *data)
{
    struct validation *validation = data;

    return sweep_output_tick(&validation->output, state);
}

/* Whether CHOOSE may leave out accounts. */
static bool cmd_validate_has_choice(const struct validation *validation)
{
    return validation->all || validation->not_since != 0 || filter_is_set(&validation->filter);
}

static int cmd_validate_read_options(struct cli *cli, struct validation *validation,
                                     struct fob_sweep *plan)
{
    unsigned older = 0;
    int code = filter_read(cli, &validation->filter);

    if (code == FOB_SUCCESS)
        code = duration_option(cli, "older-than", DURATION_YEARS, &older);
    if (code == FOB_SUCCESS)
        code = number_option(cli, "jobs", NUMBER_JOBS, &plan->jobs);
    if (older > 0)
        validation->not_since = (int64_t)time(NULL) - older;
    validation->all = options_has(&cli->options, "all");
    plan->choose = cmd_validate_has_choice(validation) ? cmd_validate_choose : NULL;
    plan->flags = options_has(&cli->options, "now") ? FOB_NOW : 0;
    return code;
}

/* Read the named accounts into NAMES, which the caller frees. */
static int validate_read_names(struct cli *cli, const char ***names)
{
    size_t count = cli->options.argument_count;

    *names = calloc(count + 1, sizeof **names);
    if (*names == NULL)
        return output_nomem();
    for (size_t i = 0; i < count; i++)
        (*names)[i] = cli_argument(cli, i);
    return FOB_SUCCESS;
}

static int cmd_validate_sweep(struct cli *cli, struct validation *validation,
                              struct fob_sweep *plan)
{
    const char **names = NULL;
    int code = validation->all ? FOB_SUCCESS : validate_read_names(cli, &names);

    if (code != FOB_SUCCESS)
        return code;
    plan->accounts = names;
    sweep_output_begin(&validation->output, cli);
    code = fob_sweep(cli->context, plan);
    free(names);
    return sweep_output_end(&validation->output, code);
}

static int cmd_validate_run(struct cli *cli)
{
    const struct fob_conversation conversation = { .size = sizeof conversation,
                                                   .converse = converse_account,
                                                   .data = &cli->converse };
    struct validation validation = { .all = false };
    struct fob_sweep plan = {
        .size = sizeof plan,
        .tell = cmd_validate_report,
        .tick = cmd_validate_tick,
        .data = &validation,
        .conv = &conversation,
    };
    int code;

    if (options_has(&cli->options, "all") == (cli->options.argument_count > 0))
        return output_fail(FOB_INVALID, "usage: fob validate [options] ACCOUNT… | --all",
                           cli->options.argument_count > 0 ? "validate: either accounts or --all"
                                                           : "validate: an argument is missing");
    code = cmd_validate_read_options(cli, &validation, &plan);
    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    return code == FOB_SUCCESS ? cmd_validate_sweep(cli, &validation, &plan) : code;
}

static const struct option_spec options[] = {
    { "all", NULL, "every account that is not suspended" },
    FILTER_OPTIONS,
    { "older-than", "DURATION", "only accounts that were not accepted for this time" },
    { "changed", NULL, "report only accounts whose status changes" },
    { "jobs", "NUMBER", "at most NUMBER calls at a time" },
    { "now", NULL, "one rejection is enough, and rights are tried, too" },
    { NULL, NULL, NULL },
};

const struct command cmd_validate = {
    .name = "validate",
    .arguments = "ACCOUNT... | --all",
    .summary = "ask whether accounts are still accepted",
    .options = options,
    .max = SIZE_MAX,
    .run = cmd_validate_run,
    .plugins = true,
};
