/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The accounts that a command is told to change: by names, by the shell's patterns, by filters.
 */
#ifndef FOB_FOB_SELECTION_H
#define FOB_FOB_SELECTION_H

#include "cli/cli.h"

struct selection {
    char **names;
    size_t count;
};

/*
 * The accounts that the arguments name, and that match the filter when the command has
 * FILTER_OPTIONS (filter.h), which FILTERED says.  Without arguments a filter must be given: no
 * command changes every account by a slip.  Names come in the order of the command line, those of a
 * pattern sorted; none comes twice.  A name without wildcards need not exist.
 *
 * Errors are told.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOT_FOUND (a pattern or the filter
 * matches no account), FOB_NOMEM, and as fob_accounts_open().  Free it with selection_free().
 */
int selection_read(struct cli *cli, bool filtered, struct selection *selection);
void selection_free(struct selection *selection);

/* Change one account; its errors are told. */
typedef int selection_fn(struct cli *cli, const char *name, void *data);
/* Call FN for each account, also after one that failed; the handle that it starts is ended.
 * Returns the gravest code. */
int selection_each(struct cli *cli, const struct selection *selection, selection_fn *fn,
                   void *data);

#endif
