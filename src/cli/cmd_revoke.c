/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob revoke: says which of three truths holds. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MAX 86400

static const struct option_spec options[] = {
    { "confirm", NULL, "ask the provider until it rejects the old keys, then erase" },
    { "patience", "SECONDS", "how long --confirm may take (600)" },
    { "yes", NULL, "do not ask" },
    { NULL, NULL, NULL },
};

/* Returns -1 to go on. */
static int ask_first(struct cli *cli, const char *name)
{
    char prompt[160];
    struct fob_secret *reply = NULL;
    bool yes;

    if (!terminal_present(cli)) {
        usage_error("%s: revoking can not be undone, and there is nobody to ask", name);
        fprintf(stderr, "hint: say --yes if it is meant\n");
        return EXIT_USAGE;
    }
    snprintf(prompt, sizeof prompt, "Revoke %s and erase it here? This can not be undone. "
                                    "[yes/no]: ", name);
    if (terminal_ask(cli, prompt, false, &reply) != FOB_SUCCESS)
        return report(FOB_ABORT);
    yes = strcmp(fob_secret_data(reply), "yes") == 0;
    fob_secret_free(reply);
    if (yes)
        return -1;
    fprintf(stderr, "nothing was done\n");
    return EXIT_USAGE;
}

static int take_patience(struct fob_handle *handle, const char *text)
{
    char *end;
    unsigned long seconds;

    if (text == NULL)
        return -1;
    errno = 0;
    seconds = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || seconds > PATIENCE_MAX)
        return usage_error("--patience: must be a number of seconds up to %d", PATIENCE_MAX);
    fob_set_patience(handle, (unsigned)seconds);
    return -1;
}

static int print_truth(const struct cli *cli, const char *name, int code)
{
    const char *outcome = code == FOB_SUCCESS ? "revoked" : code == FOB_MANUAL ? "manual"
                                                                               : "unknown";
    struct strbuf out = STRBUF_INIT;

    if (cli->global.json) {
        strbuf_text(&out, "{");
        output_text(&out, "account", name, true);
        output_text(&out, "outcome", outcome, false);
        output_text(&out, "message", code == FOB_SUCCESS ? "" : fob_error(), false);
        strbuf_text(&out, "}");
    } else if (code == FOB_SUCCESS) {
        strbuf_printf(&out, "%s: revoked at the provider and erased here", name);
    } else if (code == FOB_MANUAL) {
        strbuf_printf(&out, "%s: erased here; a person must still end it at the provider: %s",
                      name, fob_error());
    } else {
        strbuf_printf(&out, "%s: erased here; the provider did not revoke it: %s", name,
                      fob_error());
    }
    return output_print(&out);
}

static int revoke(struct cli *cli, const struct parsed *parsed)
{
    const char *name = parsed->arguments[0];
    struct fob_handle *handle = NULL;
    int code = start_account(cli, name, &handle);
    int status = code == FOB_SUCCESS ? take_patience(handle, options_get(parsed, "patience"))
                                     : report(code);

    if (status < 0 && options_get(parsed, "yes") == NULL)
        status = ask_first(cli, name);
    if (status < 0) {
        code = fob_revoke(handle, options_get(parsed, "confirm") != NULL ? FOB_CONFIRM : 0);
        if (fob_get_account(handle) != NULL) {
            status = report(code);
        } else {
            status = print_truth(cli, name, code);
            if (status == 0 && code != FOB_MANUAL)
                status = exit_status(code);
        }
    }
    fob_end(handle);
    return status;
}

int cmd_revoke(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("revoke"), options, 1, 1 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = revoke(cli, &parsed);
    options_free(&parsed);
    return status;
}
