/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Showing accounts, in the same way in every command.
 */
#ifndef FOB_FOB_ACCOUNT_VIEW_H
#define FOB_FOB_ACCOUNT_VIEW_H

#include <fob/fob.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/uses.h"

/* Append the account's JSON object. */
void account_json(struct strbuf *buf, const struct fob_account *account, const struct uses *uses);
/* Print one account's JSON object.  Returns FOB_SUCCESS, FOB_NOMEM (reported). */
int account_print_json(const struct cli *cli, const struct fob_account *account);
/* The remote name, else the remote id; "" when neither is known. */
const char *account_remote(const struct fob_account *account);
/* The owner's name, else the email address, else the id; "" for none. */
const char *account_owner(const struct fob_account *account);
/* Where the handle's account is linked, such as: CharlieHR company "Acme Ltd".  The caller frees
 * it; NULL when out of memory. */
char *account_place(struct fob_handle *handle, const struct fob_account *account);

/* The options for an account's labels, of link and edit. */
/* clang-format off */
#define ACCOUNT_OPTIONS                                                                           \
    { "type", "TYPE", "production or test" },                                                     \
    { "owner-id", "ID", "label: the owner's id; an empty text removes it" },                        \
    { "owner-name", "NAME", "label, as above" },                                                  \
    { "owner-email", "ADDRESS", "label, as above" },                                              \
    { "variable", "NAME=VALUE...", "a variable for programs that use it" },                      \
    { "hosts", "HOSTS", "servers that git and docker may use it for, separated by blanks" }
/* clang-format on */

/* Set the labels in OPTIONS, and --expires, on the handle.  Reports errors.  Returns as
 * fob_set_item(). */
int account_set_items(const struct options *options, struct fob_handle *handle);

#endif
