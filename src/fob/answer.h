/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An answer on stdout that holds secrets: gathered in locked memory, written past stdio, whose
 * buffers nobody wipes.
 */
#ifndef FOB_FOB_ANSWER_H
#define FOB_FOB_ANSWER_H

#include <fob/fob.h>

struct answer {
    struct fob_secret *held; /* not written yet; NULL when nothing is */
    int code;                /* the first failure */
};

#define ANSWER_INIT ((struct answer){ NULL, FOB_SUCCESS })

/* A quote_sink_fn.  Writes when much is held. */
void answer_add(void *answer, const char *data, size_t size);
/* Write the rest and forget it.  Returns FOB_SUCCESS, or the first failure, which is told on stderr
 * already: FOB_SYSTEM, FOB_NOMEM. */
int answer_end(struct answer *answer);
/* A value and a newline, in one write. */
int answer_line(const struct fob_secret *value);

#endif
