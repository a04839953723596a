/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The fields that hold a user's name and a password, for credential helpers.
 */
#ifndef FOB_FOB_PAIR_H
#define FOB_FOB_PAIR_H

#include "cli/cli.h"

/* clang-format off */
#define PAIR_OPTIONS                                                                              \
    { "username", "FIELD", "the field that is the user's name, if several are not secret" },      \
    { "password", "FIELD", "the field that is the password, if several are secret" }
/* clang-format on */

/* The field that OPTION, "username" or "password", names, else the only field that is, or is not,
 * SECRET; NULL for none.  The name is borrowed from the started handle. */
const char *pair_field(const struct cli *cli, const char *option, bool secret);
/* Read that field.  Reports errors.  Returns FOB_SUCCESS, FOB_INVALID (no such field), and as
 * fob_get_field(). */
int pair_read(struct cli *cli, const char *option, bool secret, struct fob_secret **value);

#endif
