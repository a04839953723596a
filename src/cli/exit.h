/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * How the command ends: from a return code to an exit status (fob(1), EXIT STATUS).
 */
#ifndef FOB_CLI_EXIT_H
#define FOB_CLI_EXIT_H

int exit_status(int code);
/* Of two codes, the one that says more about a run over several accounts: a definite no before
 * all else, success last. */
int exit_graver(int a, int b);

#endif
