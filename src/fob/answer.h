/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing an answer with secrets to stdout: collected in locked memory, and written without stdio,
 * whose buffers are not wiped.
 */
#ifndef FOB_FOB_ANSWER_H
#define FOB_FOB_ANSWER_H

#include <fob/fob.h>

struct answer {
    struct fob_secret *held; /* what is not written yet; NULL for nothing */
    int code;                /* the first failure */
};

#define ANSWER_INIT ((struct answer){ NULL, FOB_SUCCESS })

/* Append to the answer; flushes it when it is large.  A quote_sink_fn. */
void answer_add(void *answer, const char *data, size_t size);
/* Write the rest and wipe it.  Returns FOB_SUCCESS, or the first failure, already reported:
 * FOB_SYSTEM, FOB_NOMEM. */
int answer_end(struct answer *answer);
/* Print a value and a newline, in one write. */
int answer_line(const struct fob_secret *value);

#endif
