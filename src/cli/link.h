/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What fob link and fob edit share.
 */
#ifndef FOB_CLI_LINK_H
#define FOB_CLI_LINK_H

#include "cli/cli.h"

/* Call fob_link() or fob_edit(), with further tries while a person is there.  The exit status. */
int link_with_person(struct cli *cli, struct fob_handle *handle,
                     int (*call)(struct fob_handle *handle, unsigned flags), unsigned flags);
/* Print what became of it: "NAME: WHAT ...", or the account in JSON. */
int link_print(struct cli *cli, struct fob_handle *handle, const char *what);

#endif
