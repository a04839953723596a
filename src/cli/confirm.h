/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What cannot be undone is asked for: on a terminal, or by --yes without one.
 */
#ifndef FOB_CLI_CONFIRM_H
#define FOB_CLI_CONFIRM_H

#include "cli/cli.h"

/* The option that a command with questions takes. */
#define CONFIRM_OPTION                                  \
    {                                                   \
        "yes", NULL, "do not ask whether that is meant" \
    }

/* Ask the QUESTION about SUBJECT, unless --yes was given; DEED is what would be done, in case that
 * there is nobody to ask.  Returns FOB_SUCCESS, FOB_CONVERSATION (no), FOB_INVALID (nobody there),
 * FOB_ABORT; told. */
int confirm(struct cli *cli, const char *subject, const char *deed, const char *question);

#endif
