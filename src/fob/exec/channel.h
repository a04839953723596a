/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What goes from one descriptor to another, masked or as it is, with no more in between than a few
 * pages.
 */
#ifndef FOB_FOB_EXEC_CHANNEL_H
#define FOB_FOB_EXEC_CHANNEL_H

#include "fob/exec/mask.h"

#include <poll.h>

struct channel {
    int from;                /* non-blocking; -1 when there is no more */
    int to;                  /* -1 when nobody wants it */
    const struct mask *mask; /* NULL: as it is */
    bool interactive;        /* by a person, who may wait for a prompt */
    int error;               /* why something could not be written, other than that nobody reads */
    struct mask_stream held;
    size_t most; /* at once, so that a write does not block */
    int own;     /* TO again, by a descriptor that does not block; or -1 */
    char *ready; /* to be written: SIZE bytes from AT on */
    size_t at;
    size_t size;
    size_t room;
};

struct channel channel_make(int from, int to, const struct mask *mask);
/* What to wait for: to read while nothing is to be written. */
void channel_poll(const struct channel *channel, struct pollfd polls[static 2]);
/* Do what can be done now.  Returns FOB_SUCCESS, FOB_NOMEM. */
int channel_serve(struct channel *channel, const struct pollfd polls[static 2]);
/* After this many milliseconds without anything new, pass on what is held; -1 for never. */
int channel_hold_timeout(const struct channel *channel);
/* Nothing came for WAITED milliseconds. */
int channel_flush_idle(struct channel *channel, int waited);
/* Whether nothing will ever pass again. */
bool channel_done(const struct channel *channel);
/* Read what is there and no more; it is still to be written. */
int channel_end(struct channel *channel);
/* Wipe and free. */
void channel_clear(struct channel *channel);

#endif
