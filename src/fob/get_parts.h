/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The inside of fob get: cmd_get.c prints fields, get_process.c and get_header.c print what is
 * derived from them.
 */
#ifndef FOB_FOB_GET_PARTS_H
#define FOB_FOB_GET_PARTS_H

#include "cli/cli.h"

int get_lend(struct cli *cli);
/* Refuse a value that JSON cannot hold, before anything is printed. */
int get_check_json(const struct cli *cli, const char *name, const struct fob_secret *data);

/* Refuse ACCOUNT if its provider takes the credential in the query, or requires a client
 * certificate, which headers cannot have.  Returns FOB_SUCCESS, FOB_INVALID, which is reported. */
int get_check_headers(const struct fob_handle *handle, const char *account);

/* Print a format.  Report errors, and return a code. */
int get_print_process(struct cli *cli);
int get_print_curl(struct cli *cli);
int get_print_header(struct cli *cli);

#endif
