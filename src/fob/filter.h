/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which accounts a command is about: the same options in every command that takes many.
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

/* What an account must be; NULL for anything. */
struct filter {
    const char *provider;
    const char *type;
    const char *owner;
    const char *status;
};

/* From the options, borrowed.  Returns FOB_SUCCESS, FOB_INVALID (told). */
int filter_read(const struct cli *cli, struct filter *filter);
/* Whether it may leave any out. */
bool filter_is_set(const struct filter *filter);
bool filter_matches(const struct filter *filter, const struct fob_account *account);

#endif
