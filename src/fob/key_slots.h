/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The key slots on the command line and in the output.
 */
#ifndef FOB_FOB_KEY_SLOTS_H
#define FOB_FOB_KEY_SLOTS_H

#include "cli/cli.h"

/* KIND for people, or its name in --json, which is stable. */
const char *key_slots_kind(enum fob_key_kind kind, bool json);
/* Print all slots; as all functions here, reports its errors and returns a code. */
int key_slots_list(struct cli *cli);
/* Print what was done with the slot NUMBER. */
int key_slots_print_result(const struct cli *cli, unsigned number, const char *what);
/* Read the slot's number from the command line. */
int key_slots_read_number(const struct cli *cli, unsigned *number);
/* Check that the slot exists, before asking about it. */
int key_slots_check(struct cli *cli, unsigned number);

#endif
