/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which servers an account may be lent to by a credential helper: those that it is named after,
 * that its label hosts has, and that its provider's file has.
 */
#ifndef FOB_FOB_HOSTS_H
#define FOB_FOB_HOSTS_H

#include "cli/cli.h"

/* Whether the account of the started handle may be lent to HOST, "name" or "name:port". */
bool hosts_allow(struct cli *cli, const char *host);

/*
 * Start the account for HOST: the one of that name, or else the first, by name, that may be lent
 * there and that ACCEPT, which may be NULL, takes.  Without one the handle stays NULL, which is no
 * error: git and docker go on without.  Errors are told.  Returns as cli_start() and
 * fob_accounts_open().
 */
typedef bool hosts_accept_fn(struct cli *cli, void *data);
int hosts_start(struct cli *cli, const char *host, hosts_accept_fn *accept, void *data);

/* Call FN for each server that an account has in its label, with the account's handle started,
 * until it returns a code other than FOB_SUCCESS.  Errors are told. */
typedef int hosts_each_fn(struct cli *cli, const char *host, void *data);
int hosts_each(struct cli *cli, hosts_each_fn *fn, void *data);

#endif
