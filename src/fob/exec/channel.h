/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Copying from one descriptor to another, masked or unchanged, with a small buffer.
 */
#ifndef FOB_FOB_EXEC_CHANNEL_H
#define FOB_FOB_EXEC_CHANNEL_H

#include "fob/exec/mask.h"

#include <poll.h>

struct channel {
    int from;                /* non-blocking; -1 after the end of input */
    int to;                  /* -1 when the reader is gone */
    const struct mask *mask; /* NULL: copy unchanged */
    bool interactive;        /* a person may be waiting for a prompt */
    int error;               /* the errno of a failed write, except EPIPE */
    struct mask_stream held;
    size_t max;  /* the most to write at once without blocking */
    int own;     /* a non-blocking descriptor for TO; or -1 */
    char *ready; /* to be written: SIZE bytes from AT on */
    size_t at;
    size_t size;
    size_t room;
};

struct channel channel_make(int from, int to, const struct mask *mask);
/* Fill POLLS with what to wait for; input only while nothing waits to be written. */
void channel_poll(const struct channel *channel, struct pollfd polls[static 2]);
/* Read and write what is possible without blocking.  Returns FOB_SUCCESS, FOB_NOMEM. */
int channel_serve(struct channel *channel, const struct pollfd polls[static 2]);
/* The number of milliseconds without input after which to call channel_flush_idle(); -1 for
 * never. */
int channel_hold_timeout(const struct channel *channel);
/* There was no input for WAITED milliseconds: pass on held bytes if it is time. */
int channel_flush_idle(struct channel *channel, int waited);
/* Whether the channel is finished. */
bool channel_done(const struct channel *channel);
/* Read only the input that is already there; the output must still be written. */
int channel_end(struct channel *channel);
/* Wipe and free. */
void channel_clear(struct channel *channel);

#endif
