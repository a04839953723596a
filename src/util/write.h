/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing all of it, also to a pipe or terminal that somebody has made not to block.
 */
#ifndef FOB_UTIL_WRITE_H
#define FOB_UTIL_WRITE_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

/* After a write to FD that failed: whether to try it again. */
static inline bool write_may_retry(int fd)
{
    struct pollfd full = { fd, POLLOUT, 0 };

    return errno == EINTR || (errno == EAGAIN && (poll(&full, 1, -1) > 0 || errno == EINTR));
}

/* Write at the offset AT, or with -1 where the descriptor stands.  Returns 0, or -1 and errno. */
static inline int write_at(int fd, const void *data, size_t size, off_t at)
{
    size_t done = 0;

    while (done < size) {
        const char *from = (const char *)data + done;
        ssize_t written =
            at < 0 ? write(fd, from, size - done) : pwrite(fd, from, size - done, at + (off_t)done);

        if (written < 0 && !write_may_retry(fd))
            return -1;
        if (written == 0) {
            errno = ENOSPC;
            return -1;
        }
        if (written > 0)
            done += (size_t)written;
    }
    return 0;
}

static inline int write_fully(int fd, const void *data, size_t size)
{
    return write_at(fd, data, size, -1);
}

#endif
