/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Field values that do not come from a person: --stdin, --field-file, --field.
 */
#ifndef FOB_CLI_FIELDS_INPUT_H
#define FOB_CLI_FIELDS_INPUT_H

#include "cli/options.h"

/* The options, to be put into a command's table. */
/* clang-format off */
#define FIELD_OPTIONS                                                                             \
    { "stdin", NULL, "read fields from standard input, a line name=value each" },                 \
    { "field-file", "NAME=PATH", "read a field from a file" },                                    \
    { "field", "NAME=VALUE", "give a field that is not secret" }
/* The same for an account's labels. */
#define LABEL_OPTIONS                                                                             \
    { "type", "production|test", "what the account is for" },                                     \
    { "owner-id", "ID", "whose account it is" },                                                  \
    { "owner-name", "NAME", "their name" },                                                       \
    { "owner-email", "EMAIL", "their address" },                                                  \
    { "expires", "YYYY-MM-DD", "the day from which it is no longer used" }
/* clang-format on */

/* Put what the options say into HANDLE.  Returns -1 to go on, else the exit status. */
int fields_take(struct fob_handle *handle, const struct parsed *parsed);
int labels_take(struct fob_handle *handle, const struct parsed *parsed);

#endif
