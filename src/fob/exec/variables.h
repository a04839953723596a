/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The fields that a command gets, and their variables' names.  All mistakes are found before an
 * account is lent.
 */
#ifndef FOB_FOB_EXEC_VARIABLES_H
#define FOB_FOB_EXEC_VARIABLES_H

#include <fob/fob.h>

/* A started handle, and its account's name on the command line. */
struct loan {
    struct fob_handle *handle;
    const char *account; /* borrowed */
};

struct variable {
    char *name;
    const struct loan *loan;  /* borrowed */
    const char *field;        /* borrowed from the account */
    struct fob_secret *value; /* NULL until variables_read() */
    bool plain;               /* the account's own variable: not secret, and never a file */
};

struct variables {
    struct variable *items;
    size_t count;
    char **absent; /* names that must be unset, because their values could be another account's */
    size_t absent_count;
};

#define VARIABLES_INIT ((struct variables){ NULL, 0, NULL, 0 })

/* The next field, from index *AT on, that the provider has and the account lacks, borrowed from the
 * provider.  NULL past the last, or when the provider's file cannot be read.  Advances *AT. */
const char *variables_absent_field(struct fob_handle *handle, size_t *at);
/* Add PROVIDER_FIELD, or PREFIX and FIELD, for each field of LOAN; fields that it lacks are noted
 * as absent.  The account's own variables follow under their own names.  Returns FOB_SUCCESS,
 * FOB_INVALID (a duplicate name), FOB_NOMEM. */
int variables_add_all(struct variables *variables, const struct loan *loan, const char *prefix);
/* Add the variable that TEXT, the value of --OPTION, names: NAME=FIELD, or NAME=ACCOUNT:FIELD if
 * there are several LOANS.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOT_FOUND (account or field),
 * FOB_NOMEM. */
int variables_add_one(struct variables *variables, const struct loan *loans, size_t count,
                      const char *option, const char *text);
/* Read the values of accounts that were lent.  Returns as fob_get_field(). */
int variables_read(struct variables *variables);
void variables_free(struct variables *variables);

#endif
