/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A bar on the last line of the terminal that stderr is, which makes way for other lines.
 */
#ifndef FOB_CLI_PROGRESS_H
#define FOB_CLI_PROGRESS_H

#include <stdint.h>

/* Show a bar of DONE of ALL (0: unknown, and no bar), with NOTE behind it; nothing where stderr is no
 * terminal. */
void progress_show(uint64_t done, uint64_t all, const char *note);
/* Take it away, if there is one: before any other line.  Thread-safe. */
void progress_hide(void);

#endif
