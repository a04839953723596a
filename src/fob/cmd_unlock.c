/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob unlock and fob lock: keep the store's key in the kernel, so that a passphrase is typed only
 * once. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/duration.h"

#include <stdio.h>

#define DEFAULT_S (8 * 60 * 60)

static int unlock_print_store(const struct cli *cli, const char *result, const char *words)
{
    const char *store = fob_path(cli->context, FOB_PATH_STORE);
    struct strbuf buf = STRBUF_INIT;

    if (!cli->json) {
        output_line("store %s: %s", store, words);
        return FOB_SUCCESS;
    }
    output_json_begin(&buf, NULL, '{');
    output_json_text(&buf, "store", store);
    output_json_text(&buf, "result", result);
    output_json_end(&buf, '}');
    return output_json(&buf);
}

static int unlock_run(struct cli *cli)
{
    unsigned seconds = DEFAULT_S;
    char words[64];
    int code = duration_option(cli, "for", DURATION_WEEK, &seconds);

    if (code == FOB_SUCCESS && seconds == 0)
        code = output_fail(FOB_INVALID, NULL, "--for: must not be 0");
    if (code == FOB_SUCCESS)
        code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_unlock(cli->context, seconds);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    snprintf(words, sizeof words, "unlocked for %u:%02u hours", seconds / 3600, seconds / 60 % 60);
    return unlock_print_store(cli, "unlocked", words);
}

static int unlock_run_lock(struct cli *cli)
{
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_lock(cli->context);
    if (code == FOB_NOT_FOUND && fob_error()[0] == '\0')
        return unlock_print_store(cli, "locked", "it was not unlocked");
    return code == FOB_SUCCESS ? unlock_print_store(cli, "locked", "locked") : cli_fail(cli, code);
}

static const struct option_spec options[] = {
    { "for", "DURATION", "the time (8h); at most 7d" },
    { NULL, NULL, NULL },
};

const struct command cmd_unlock = {
    .name = "unlock",
    .arguments = "",
    .summary = "keep the store's key in the kernel for some time",
    .options = options,
    .run = unlock_run,
};

const struct command cmd_lock = {
    .name = "lock",
    .arguments = "",
    .summary = "remove the store's key from the kernel",
    .run = unlock_run_lock,
};
