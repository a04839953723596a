/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which fields of an account are a user's name and a password, for helpers that lend such a pair.
 */
#ifndef FOB_FOB_PAIR_H
#define FOB_FOB_PAIR_H

#include "cli/cli.h"

/* clang-format off */
#define PAIR_OPTIONS                                                                              \
    { "username", "FIELD", "the field that is the user's name, if several are not secret" },      \
    { "password", "FIELD", "the field that is the password, if several are secret" }
/* clang-format on */

/* The name of the field that OPTION, "username" or "password", names, or else of the only one that
 * is, or is not, SECRET; NULL for none.  The handle is started; borrowed from it. */
const char *pair_field(const struct cli *cli, const char *option, bool secret);
/* Read that field.  Errors are told.  Returns FOB_SUCCESS, FOB_INVALID (none), and as
 * fob_get_field(). */
int pair_read(struct cli *cli, const char *option, bool secret, struct fob_secret **value);

#endif
