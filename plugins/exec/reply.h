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
enum reply_hook { LINK = 1, VALIDATE = 2, REVOKE = 4, AUTHORIZE = 8, RENEW = 16 };

/* What a program that ran for HOOK wrote. */
struct reply_text {
    enum reply_hook hook;
    const char *path; /* of the program */
    int64_t began;    /* when it was started, in seconds since the Epoch */
    const struct fob_secret *output;
    bool cut; /* the program did not end by itself: its last line may be a part */
};

/*
 * Put the tokens of TEXT, whatever the program's result is: the provider may have ended those
 * before them.  Returns FOB_SUCCESS; or with a message, when all other tokens are put, FOB_PLUGIN
 * (a token or an end that cannot be), FOB_NOMEM.
 */
int reply_keep_tokens(struct fob_handle *handle, const struct reply_text *text);
/*
 * Parse TEXT, the whole answer of a program that ended with STATUS.  On success act on it, and show
 * the person its messages.
 *
 * CODE receives the hook's code.  Returns FOB_SUCCESS; or with a message FOB_PLUGIN (the answer or
 * the status is not understood, and nothing but its tokens had an effect), FOB_NOMEM.
 */
int reply_process(struct fob_handle *handle, const struct reply_text *text, int status, int *code);

#endif
