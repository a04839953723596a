/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob validate. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"

#include <limits.h>

static const struct option_spec options[] = {
    { "now", NULL, "one \"no\" is enough to mark an account rejected" },
    { NULL, NULL, NULL },
};

static int print_result(const struct cli *cli, const char *name, const char *status, int code)
{
    struct strbuf out = STRBUF_INIT;

    if (cli->global.json) {
        strbuf_text(&out, "{");
        output_text(&out, "account", name, true);
        output_text(&out, "result", fob_code_name(code), false);
        output_text(&out, "status", status, false);
        output_text(&out, "message", code == FOB_SUCCESS ? "" : fob_error(), false);
        strbuf_text(&out, "}");
    } else if (code == FOB_SUCCESS) {
        strbuf_printf(&out, "%s: %s", name, status);
    } else {
        strbuf_printf(&out, "%s: %s: %s", name, status, fob_error());
    }
    return output_print(&out);
}

/* Ask about one account, and print what came of it. */
static int validate_one(struct cli *cli, const char *name, unsigned flags)
{
    struct fob_handle *handle = NULL;
    const struct fob_account *account;
    int code = start_account(cli, name, &handle);

    if (code != FOB_SUCCESS) {
        report(code);
        return code;
    }
    code = fob_validate(handle, flags);
    account = fob_get_account(handle);
    print_result(cli, name,
                 account != NULL ? fob_status_name((int)fob_account_status(account)) : "unknown", code);
    if (code != FOB_SUCCESS && fob_error_hint()[0] != '\0')
        fprintf(stderr, "hint: %s\n", fob_error_hint());
    fob_end(handle);
    return code;
}

/* Of two results the one to exit with: a definite no first, then the first failure. */
static int graver(int a, int b)
{
    if (exit_status(a) == 1 || exit_status(b) == 0)
        return a;
    return exit_status(b) == 1 || exit_status(a) == 0 ? b : a;
}

int cmd_validate(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("validate"), options, 1, INT_MAX };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);
    int worst = FOB_SUCCESS;

    if (status < 0) {
        unsigned flags = options_get(&parsed, "now") != NULL ? FOB_NOW : 0;

        for (size_t i = 0; i < parsed.argument_count; i++)
            worst = graver(worst, validate_one(cli, parsed.arguments[i], flags));
        status = exit_status(worst);
    }
    options_free(&parsed);
    return status;
}
