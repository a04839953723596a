/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Selects accounts by the arguments and filters of a command line. */
#include "config.h"

#include "fob/selection.h"

#include "cli/exit.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "fob/filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* The search for one word of the command line. */
struct selecting {
    struct selection *selection;
    const struct filter *filter;
    const char *pattern; /* for names; NULL for all */
    size_t before;       /* the number of names before this word */
    size_t found;
};

static bool selection_is_pattern(const char *word)
{
    return strpbrk(word, "*?[") != NULL;
}

/* Add NAME, unless it is one of the first BEFORE names. */
static int selection_add(struct selection *selection, size_t before, const char *name)
{
    char **names;

    for (size_t i = 0; i < before; i++) {
        if (strcmp(selection->names[i], name) == 0)
            return FOB_SUCCESS;
    }
    names = reallocarray(selection->names, selection->count + 1, sizeof *names);
    if (names == NULL)
        return output_nomem();
    selection->names = names;
    names[selection->count] = strdup(name);
    if (names[selection->count] == NULL)
        return output_nomem();
    selection->count++;
    return FOB_SUCCESS;
}

static int selection_match(const struct fob_account *account, struct selecting *selecting)
{
    const char *name = fob_account_text(account, FOB_TEXT_NAME);

    if ((selecting->pattern != NULL && fnmatch(selecting->pattern, name, 0) != 0) ||
        !filter_matches(selecting->filter, account))
        return FOB_SUCCESS;
    selecting->found++;
    return selection_add(selecting->selection, selecting->before, name);
}

/* Add all accounts that match.  An account that cannot be read is an error: it must not be silently
 * left out of a change. */
static int selection_search(struct cli *cli, struct selecting *selecting)
{
    struct fob_accounts *accounts = NULL;
    int code = fob_accounts_open(cli->context, &accounts);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    for (;;) {
        struct fob_account *account = NULL;

        code = fob_accounts_next(accounts, &account);
        if (code != FOB_SUCCESS)
            break;
        code = selection_match(account, selecting);
        fob_account_free(account);
        if (code != FOB_SUCCESS)
            break;
    }
    fob_accounts_close(accounts);
    if (code != FOB_NOT_FOUND)
        return cli_fail(cli, code);
    if (selecting->found > 0)
        return FOB_SUCCESS;
    return output_fail(FOB_NOT_FOUND, "\"fob list\" shows the accounts",
                       "%.64s: no account matches",
                       selecting->pattern != NULL ? selecting->pattern : cli->command->name);
}

static int selection_read_word(struct cli *cli, const char *word, const struct filter *filter,
                               struct selection *selection)
{
    struct selecting selecting = {
        .selection = selection, .filter = filter, .pattern = word, .before = selection->count
    };

    if (selection_is_pattern(word) || filter_is_set(filter))
        return selection_search(cli, &selecting);
    return selection_add(selection, selection->count, word);
}

int selection_read(struct cli *cli, bool filtered, struct selection *selection)
{
    struct selecting all = { .selection = selection };
    struct filter filter = { .provider = NULL };
    int code = filtered ? filter_read(cli, &filter) : FOB_SUCCESS;

    *selection = (struct selection){ NULL, 0 };
    if (code != FOB_SUCCESS)
        return code;
    if (cli->options.argument_count == 0 && !filter_is_set(&filter))
        return output_fail(FOB_INVALID,
                           filtered ? "name accounts, or say which with a filter" : "name accounts",
                           "%s: an argument is missing", cli->command->name);
    code = cli_open(cli);
    all.filter = &filter;
    if (code == FOB_SUCCESS && cli->options.argument_count == 0)
        code = selection_search(cli, &all);
    for (size_t i = 0; i < cli->options.argument_count && code == FOB_SUCCESS; i++)
        code = selection_read_word(cli, cli_argument(cli, i), &filter, selection);
    if (code != FOB_SUCCESS)
        selection_free(selection);
    return code;
}

void selection_free(struct selection *selection)
{
    for (size_t i = 0; i < selection->count; i++)
        free(selection->names[i]);
    free(selection->names);
    *selection = (struct selection){ NULL, 0 };
}

int selection_each(struct cli *cli, const struct selection *selection, selection_fn *fn, void *data)
{
    int gravest = FOB_SUCCESS;

    for (size_t i = 0; i < selection->count; i++) {
        gravest = exit_graver(gravest, fn(cli, selection->names[i], data));
        cli_end(cli);
        progress_count(i + 1, selection->count);
    }
    progress_hide();
    return gravest;
}
