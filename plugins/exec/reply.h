/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Acting on a program's answer: lines NAME=VALUE on its standard output, and its exit status.
 * Values may be secrets, so they appear only in messages of the program's own.
 */
#ifndef FOB_EXEC_REPLY_H
#define FOB_EXEC_REPLY_H

#include <fob/plugin.h>

/* Bits, so that they can form sets. */
enum reply_hook { LINK = 1, VALIDATE = 2, REVOKE = 4, AUTHORIZE = 8 };

/*
 * Parse OUTPUT, the whole answer of a program that ran for HOOK and ended with STATUS.  On success
 * act on it, and show the person its messages.  PATH is the program's path.
 *
 * CODE receives the hook's code.  Returns FOB_SUCCESS; or with a message FOB_PLUGIN (the answer or
 * the status is not understood, and had no effect), FOB_NOMEM.
 */
int reply_process(struct fob_handle *handle, enum reply_hook hook, const char *path,
                  const struct fob_secret *output, int status, int *code);

#endif
