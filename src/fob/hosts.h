/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which servers a credential helper may lend an account to: the one that it is named after, and
 * those in its label hosts and in its provider's file.
 */
#ifndef FOB_FOB_HOSTS_H
#define FOB_FOB_HOSTS_H

#include "cli/cli.h"

/* Whether the account of the started handle may be lent to HOST, "name" or "name:port". */
bool hosts_allow(struct cli *cli, const char *host);

/*
 * Start the account for HOST: the account of that name, else the first by name, that may be lent to
 * HOST and that ACCEPT, which may be NULL, accepts.  The handle stays NULL when there is none,
 * which is not an error: git and docker then go on without.  Reports errors.  Returns as
 * cli_start() and fob_accounts_open().
 */
typedef bool hosts_accept_fn(struct cli *cli, void *data);
int hosts_start(struct cli *cli, const char *host, hosts_accept_fn *accept, void *data);

/* Call FN for each server in each account's label hosts, with the account's handle started, until
 * FN returns a code other than FOB_SUCCESS.  Reports errors. */
typedef int hosts_each_fn(struct cli *cli, const char *host, void *data);
int hosts_each(struct cli *cli, hosts_each_fn *fn, void *data);

#endif
