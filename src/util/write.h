/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing a whole buffer to a descriptor.
 */
#ifndef FOB_UTIL_WRITE_H
#define FOB_UTIL_WRITE_H

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* Returns 0, or -1 and errno. */
static inline int write_fully(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

#endif
