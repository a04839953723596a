/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Confirming what cannot be undone: on a terminal, or by --yes.
 */
#ifndef FOB_CLI_CONFIRM_H
#define FOB_CLI_CONFIRM_H

#include "cli/cli.h"

/* The option of commands that ask for confirmation. */
#define CONFIRM_OPTION                             \
    {                                              \
        "yes", NULL, "do not ask for confirmation" \
    }

/* Ask QUESTION about SUBJECT, unless --yes was given.  DEED is the action, for the message when
 * there is nobody to ask.  Reports errors.  Returns FOB_SUCCESS, FOB_CONVERSATION (no), FOB_INVALID
 * (nobody to ask), FOB_ABORT. */
int confirm(struct cli *cli, const char *subject, const char *deed, const char *question);

#endif
