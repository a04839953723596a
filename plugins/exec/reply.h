/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a program says: lines NAME=VALUE on its standard output, and its exit status.  The values
 * may be secrets: none gets into a message that is not the program's own.
 */
#ifndef FOB_EXEC_REPLY_H
#define FOB_EXEC_REPLY_H

#include <fob/plugin.h>

/* As bits, for sets of them. */
enum reply_hook { LINK = 1, VALIDATE = 2, REVOKE = 4, AUTHORIZE = 8 };

/*
 * Read OUTPUT, the whole of a program's answer in HOOK, which ended with exit status STATUS; do
 * what it says on success, and tell the person its messages.  PATH is the program's.
 *
 * CODE becomes the hook's.  Returns FOB_SUCCESS; or with a message FOB_PLUGIN (the answer or the
 * status is not understood, and nothing of it was done), FOB_NOMEM.
 */
int reply_process(struct fob_handle *handle, enum reply_hook hook, const char *path,
                  const struct fob_secret *output, int status, int *code);

#endif
