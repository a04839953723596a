/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Passphrases that a command asks for itself; the conversation asks for the store's.
 *
 * FILE, if not NULL, holds the passphrase; OPTION is the option that names FILE, for messages.
 * Reports errors.  Both return FOB_SUCCESS, FOB_CONVERSATION (nobody to ask, or no answer),
 * FOB_ABORT, and as fields_read_private().
 */
#ifndef FOB_FOB_PASSPHRASE_H
#define FOB_FOB_PASSPHRASE_H

#include "cli/cli.h"

/* Read a new passphrase, which is typed twice. */
int passphrase_choose(struct cli *cli, const char *file, const char *option,
                      struct fob_secret **passphrase);
/* Read a new passphrase from --passphrase-file or --passphrase-fd. */
int passphrase_read_new(struct cli *cli, struct fob_secret **passphrase);
/* Read an existing passphrase. */
int passphrase_ask(struct cli *cli, const char *file, const char *option, const char *prompt,
                   struct fob_secret **passphrase);

#endif
