/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Quoting: values in forms that other programs read back unchanged.
 */
#ifndef FOB_CLI_QUOTE_H
#define FOB_CLI_QUOTE_H

#include <fob/fob.h>

/* Append the SIZE bytes at TEXT as one word for any POSIX shell. */
int quote_shell(struct fob_secret *out, const char *text, size_t size);
/* Append them as a quoted value of a curl configuration file (curl(1), --config).  FOB_INVALID when a
 * newline is in it. */
int quote_curl(struct fob_secret *out, const char *text, size_t size);

#endif
