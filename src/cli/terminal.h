/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The conversation on the terminal.
 */
#ifndef FOB_CLI_TERMINAL_H
#define FOB_CLI_TERMINAL_H

#include "cli/cli.h"

/* Fill CONV; without a terminal, or with --no-input, it only tells, and answers from
 * --passphrase-file. */
void terminal_conversation(struct cli *cli, struct fob_conversation *conv);
/* Whether somebody can be asked. */
bool terminal_present(const struct cli *cli);
/* Ask a question of one line.  FOB_SUCCESS, FOB_CONVERSATION (end of input, no terminal), FOB_ABORT. */
int terminal_ask(struct cli *cli, const char *prompt, bool secret, struct fob_secret **reply);
/* The signal that interrupted a prompt, or 0. */
int terminal_signal(void);

#endif
