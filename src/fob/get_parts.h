/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of fob get: cmd_get.c prints fields, get_process.c and get_header.c what is made of
 * them.
 */
#ifndef FOB_FOB_GET_PARTS_H
#define FOB_FOB_GET_PARTS_H

#include "cli/cli.h"

int get_lend(struct cli *cli);
/* A value that JSON has no way to write is refused before anything is printed. */
int get_check_json(const struct cli *cli, const char *name, const struct fob_secret *data);

/* Formats; return a code, with a message given. */
int get_print_process(struct cli *cli);
int get_print_curl(struct cli *cli);
int get_print_header(struct cli *cli);

#endif
