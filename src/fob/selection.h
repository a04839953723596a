/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Selecting the accounts that a command changes: by names, shell patterns and filters.
 */
#ifndef FOB_FOB_SELECTION_H
#define FOB_FOB_SELECTION_H

#include "cli/cli.h"

struct selection {
    char **names;
    size_t count;
};

/*
 * Select the accounts that the arguments name.  With FILTERED, for commands with FILTER_OPTIONS
 * (filter.h), they must also match the filter.  Without arguments a filter is required, so that no
 * slip changes every account.  Names are in the order of the command line, those of a pattern
 * sorted, without duplicates.  A name without wildcards need not exist.
 *
 * Reports errors.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOT_FOUND (a pattern or the filter matches
 * no account), FOB_NOMEM, and as fob_accounts_open().  Free it with selection_free().
 */
int selection_read(struct cli *cli, bool filtered, struct selection *selection);
void selection_free(struct selection *selection);

/* Change one account, and report errors. */
typedef int selection_fn(struct cli *cli, const char *name, void *data);
/* Call FN for each account, even after a failure, and end the handle that FN starts.  Returns the
 * gravest code. */
int selection_each(struct cli *cli, const struct selection *selection, selection_fn *fn,
                   void *data);

#endif
