/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Filtering accounts, with the same options in every command that takes many accounts.
 */
#ifndef FOB_FOB_FILTER_H
#define FOB_FOB_FILTER_H

#include "cli/cli.h"

/* clang-format off */
#define FILTER_OPTIONS                                                                            \
    { "provider", "PROVIDER", "only accounts at this provider" },                                 \
    { "status", "STATUS", "only accounts with this status" },                                     \
    { "type", "TYPE", "only production, or only test" },                                          \
    { "owner", "OWNER", "only accounts with this owner: id, name or email" }
/* clang-format on */

/* What an account must match; NULL for anything. */
struct filter {
    const char *provider;
    const char *type;
    const char *owner;
    const char *status;
};

/* Read the filter from the options; strings are borrowed.  Returns FOB_SUCCESS, FOB_INVALID
 * (reported). */
int filter_read(const struct cli *cli, struct filter *filter);
/* Whether the filter may leave out accounts. */
bool filter_is_set(const struct filter *filter);
bool filter_matches(const struct filter *filter, const struct fob_account *account);

#endif
