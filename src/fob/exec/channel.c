/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Copies data between descriptors that may block. */
#include "config.h"

#include "fob/exec/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)
/* A pipe that poll(2) reports as writable has room for this much (pipe(7)). */
#define PIPE_WRITE_MIN 4096
/* The most chunks that a pipe may hold. */
#define CHUNKS_AFTER_END 16
#define MOMENT_MS 30
#define WHILE_MS 1000

/* Open the pipe FD again, with its own O_NONBLOCK, so that writes never block. */
static int channel_open_again(int fd)
{
    char path[sizeof "/proc/self/fd/-2147483648"];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

struct channel channel_make(int from, int to, const struct mask *mask)
{
    struct channel channel = {
        .from = from, .to = to, .own = -1, .mask = mask, .max = PIPE_WRITE_MIN
    };
    struct stat status;

    channel.held = MASK_STREAM_INIT;
    if (to < 0 || fstat(to, &status) < 0)
        return channel;
    if (S_ISFIFO(status.st_mode))
        channel.own = channel_open_again(to);
    if (channel.own >= 0)
        channel.to = channel.own;
    if (channel.own >= 0 || S_ISREG(status.st_mode))
        channel.max = CHUNK;
    return channel;
}

void channel_poll(const struct channel *channel, struct pollfd polls[static 2])
{
    polls[0] = (struct pollfd){ channel->size == 0 ? channel->from : -1, POLLIN, 0 };
    polls[1] = (struct pollfd){ channel->size > 0 ? channel->to : -1, POLLOUT, 0 };
}

static bool channel_add_ready(void *sink, const char *data, size_t size)
{
    struct channel *channel = sink;

    if (channel->size == 0)
        channel->at = 0;
    if (size > channel->room - channel->at - channel->size) {
        size_t room = 2 * (channel->at + channel->size + size);
        char *more = realloc(channel->ready, room);

        if (more == NULL)
            return false;
        channel->ready = more;
        channel->room = room;
    }
    memcpy(channel->ready + channel->at + channel->size, data, size);
    channel->size += size;
    return true;
}

static int channel_append(struct channel *channel, const char *data, size_t size)
{
    if (channel->to < 0)
        return FOB_SUCCESS;
    if (channel->mask == NULL)
        return channel_add_ready(channel, data, size) ? FOB_SUCCESS : FOB_NOMEM;
    return mask_feed(channel->mask, &channel->held, data, size, channel_add_ready, channel);
}

/* The input has ended: pass on the held bytes. */
static int channel_end_input(struct channel *channel)
{
    channel->from = -1;
    if (channel->mask == NULL || channel->to < 0)
        return FOB_SUCCESS;
    return mask_end(&channel->held, channel_add_ready, channel);
}

/* Read once; MORE says whether there was data. */
static int channel_read_some(struct channel *channel, bool *more)
{
    char data[CHUNK];
    ssize_t got = read(channel->from, data, sizeof data);
    int code;

    *more = got > 0;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return FOB_SUCCESS;
    /* Reading a terminal whose other side is closed fails with EIO. */
    if (got <= 0)
        return channel_end_input(channel);
    code = channel_append(channel, data, (size_t)got);
    explicit_bzero(data, (size_t)got);
    return code;
}

/* The reader has closed its end: close the end that the command writes to. */
static void channel_abandon(struct channel *channel)
{
    channel->to = -1;
    channel->size = 0;
    if (channel->from >= 0)
        close(channel->from);
    channel->from = -1;
}

static void channel_write_some(struct channel *channel)
{
    size_t size = channel->size < channel->max ? channel->size : channel->max;
    ssize_t written = write(channel->to, channel->ready + channel->at, size);

    if (written < 0 && errno != EAGAIN && errno != EINTR) {
        channel->error = errno != EPIPE ? errno : 0;
        channel_abandon(channel);
    } else if (written > 0) {
        channel->at += (size_t)written;
        channel->size -= (size_t)written;
    }
}

int channel_serve(struct channel *channel, const struct pollfd polls[static 2])
{
    bool more;

    if (polls[1].fd >= 0 && polls[1].revents != 0)
        channel_write_some(channel);
    if (polls[0].fd >= 0 && polls[0].revents != 0 && channel->from >= 0)
        return channel_read_some(channel, &more);
    return FOB_SUCCESS;
}

int channel_hold_timeout(const struct channel *channel)
{
    enum mask_patience patience = MASK_ENDLESS;

    if (channel->mask != NULL && channel->size == 0)
        patience = mask_get_patience(&channel->held);
    if (patience == MASK_MOMENT)
        return MOMENT_MS;
    return patience == MASK_WHILE && channel->interactive ? WHILE_MS : -1;
}

int channel_flush_idle(struct channel *channel, int waited)
{
    int patience = channel_hold_timeout(channel);

    if (patience < 0 || patience > waited)
        return FOB_SUCCESS;
    return mask_flush(&channel->held, channel_add_ready, channel);
}

bool channel_done(const struct channel *channel)
{
    return channel->from < 0 && channel->size == 0;
}

int channel_end(struct channel *channel)
{
    bool more = true;
    int code = FOB_SUCCESS;

    /* A background process of the command may write for ever, so read only what a pipe holds. */
    for (unsigned i = 0; i < CHUNKS_AFTER_END && code == FOB_SUCCESS && more && channel->from >= 0;
         i++)
        code = channel_read_some(channel, &more);
    return code == FOB_SUCCESS && channel->from >= 0 ? channel_end_input(channel) : code;
}

void channel_clear(struct channel *channel)
{
    mask_stream_free(&channel->held);
    if (channel->ready != NULL)
        explicit_bzero(channel->ready, channel->room);
    free(channel->ready);
    channel->ready = NULL;
    if (channel->own >= 0)
        close(channel->own);
    channel->own = -1;
}
