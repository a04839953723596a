/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Passphrases that a command of its own asks for; that of the store is the conversation's.
 *
 * FILE, when it is not NULL, has the passphrase; OPTION is the one that would name it.  Errors are
 * told.  Both return FOB_SUCCESS, FOB_CONVERSATION (nobody to ask, or no answer), FOB_ABORT, or as
 * fields_read_private().
 */
#ifndef FOB_FOB_PASSPHRASE_H
#define FOB_FOB_PASSPHRASE_H

#include "cli/cli.h"

/* A new one, typed twice. */
int passphrase_choose(struct cli *cli, const char *file, const char *option,
                      struct fob_secret **passphrase);
/* A new one, from where --passphrase-file or --passphrase-fd says. */
int passphrase_read_new(struct cli *cli, struct fob_secret **passphrase);
/* One that there is. */
int passphrase_ask(struct cli *cli, const char *file, const char *option, const char *prompt,
                   struct fob_secret **passphrase);

#endif
