/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Exit statuses of the commands (fob(1), EXIT STATUS).
 */
#ifndef FOB_CLI_EXIT_H
#define FOB_CLI_EXIT_H

int exit_status(int code);
/* The graver of two codes, for a run over several accounts: a provider's "no" first, success
 * last. */
int exit_graver(int a, int b);

#endif
