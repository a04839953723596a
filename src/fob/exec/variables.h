/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which fields of which accounts a command gets, and under which names.  Everything that can be
 * wrong with that is found before an account is lent.
 */
#ifndef FOB_FOB_EXEC_VARIABLES_H
#define FOB_FOB_EXEC_VARIABLES_H

#include <fob/fob.h>

/* A handle that is started, and what it is called on the command line. */
struct loan {
    struct fob_handle *handle;
    const char *account; /* borrowed */
};

struct variable {
    char *name;
    const struct loan *loan;  /* borrowed */
    const char *field;        /* borrowed from the account */
    struct fob_secret *value; /* NULL until variables_read() */
    bool plain;               /* the account's own variable: no secret, and never a file */
};

struct variables {
    struct variable *items;
    size_t count;
    char **absent; /* names whose values would be another account's */
    size_t absent_count;
};

#define VARIABLES_INIT ((struct variables){ NULL, 0, NULL, 0 })

/* The first field from number *AT on that the provider has and its account lacks, borrowed from the
 * provider; NULL past the last, and where the provider's file cannot be read.  *AT moves past it.
 */
const char *variables_absent_field(struct fob_handle *handle, size_t *at);
/* PROVIDER_FIELD for each field of LOAN, or PREFIX and FIELD; those that LOAN lacks are absent. The
 * account's own variables follow, under their own names.
 * Returns FOB_SUCCESS, FOB_INVALID (the name is there already), FOB_NOMEM. */
int variables_add_all(struct variables *variables, const struct loan *loan, const char *prefix);
/* What TEXT, the value of --OPTION, means: NAME=FIELD, or NAME=ACCOUNT:FIELD where there are
 * several LOANS.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOT_FOUND (account or
 * field), FOB_NOMEM. */
int variables_add_one(struct variables *variables, const struct loan *loans, size_t count,
                      const char *option, const char *text);
/* Fetch the values of accounts that were lent.  Returns as fob_get_field(). */
int variables_read(struct variables *variables);
void variables_free(struct variables *variables);

#endif
