/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Values from options: --stdin, --field-file, --field, --passphrase-file.
 *
 * No message repeats a value, and secret fields are not accepted on the command line.  Every
 * function reports its errors on stderr and returns the code.
 */
#ifndef FOB_CLI_FIELDS_INPUT_H
#define FOB_CLI_FIELDS_INPUT_H

#include <fob/fob.h>

#include "cli/options.h"

/* The options of link and edit. */
/* clang-format off */
#define FIELDS_OPTIONS                                                                            \
    { "stdin", NULL, "read fields from stdin, lines NAME=VALUE" },                                \
    { "field", "NAME=VALUE...", "a field that is not secret" },                                   \
    { "field-file", "NAME=PATH...", "a field's value is in this file; - is stdin" },              \
    { "exact", NULL, "keep blanks at the ends of values, and invisible characters" }
/* clang-format on */

/* Set the fields that the options give on HANDLE.  Returns FOB_SUCCESS, FOB_INVALID, FOB_SYSTEM,
 * FOB_NOMEM, or what fob_set_field() and fob_handle_provider() return. */
int fields_from_options(const struct options *options, struct fob_handle *handle);
/* The same for the fields of an app. */
int fields_from_options_app(const struct options *options, struct fob_app *app);

/* Read a passphrase from a regular file that only the caller can read, without a trailing newline.
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_INVALID, FOB_NOMEM. */
int fields_read_private(const char *path, struct fob_secret **value);
/* The same from the descriptor FD, which is then closed. */
int fields_read_descriptor(int fd, struct fob_secret **value);

#endif
