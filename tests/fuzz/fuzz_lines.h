/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Frames as lines, so that a mutation of one item leaves the others whole: a line is an item's tag
 * and content; a line that begins with FUZZ_FRAME begins a frame, of the type in the lower bits, or
 * also of another call.  FUZZ_TAG comes before a tag that looks like a frame.
 */
#ifndef FOB_TESTS_FUZZ_LINES_H
#define FOB_TESTS_FUZZ_LINES_H

#include "frame/frame_socket.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FUZZ_FRAME 0x80
#define FUZZ_OTHER_CALL 0x40
#define FUZZ_TYPES 0x3f
#define FUZZ_TAG 0x7f
/* The number of the call. */
#define FUZZ_CALL 2

static inline void fuzz_must(bool good)
{
    if (!good)
        abort();
}

/* More than the socket takes is not written. */
static inline void fuzz_send_lines(struct frame_socket *socket, const uint8_t *data, size_t size)
{
    bool any = false;
    bool good = true;

    while (size > 0 && good) {
        const uint8_t *end = memchr(data, '\n', size);
        const size_t line = end != NULL ? (size_t)(end - data) : size;

        if (line > 0 && (data[0] & FUZZ_FRAME) != 0) {
            good = !any || frame_send(socket, -1) == FOB_SUCCESS;
            frame_begin(socket, (enum frame_type)(data[0] & FUZZ_TYPES),
                        FUZZ_CALL + ((data[0] & FUZZ_OTHER_CALL) != 0));
            any = true;
        } else if (line > 1 && any && data[0] == FUZZ_TAG) {
            frame_put(socket, data[1], data + 2, line - 2);
        } else if (line > 0 && any) {
            frame_put(socket, data[0], data + 1, line - 1);
        }
        data += line + (end != NULL);
        size -= line + (end != NULL);
    }
    if (any && good)
        (void)frame_send(socket, -1);
}

/* A socket from which the frames in DATA can be received, and then the end of file.  OTHER is its
 * other end, to be closed. */
static inline struct frame_socket *fuzz_open(const uint8_t *data, size_t size, int *other)
{
    struct frame_socket *reader = NULL;
    struct frame_socket *writer = NULL;
    int ends[2];

    fuzz_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    *other = dup(ends[1]);
    fuzz_must(*other >= 0 && frame_socket_new(ends[0], &reader) == FOB_SUCCESS &&
              frame_socket_new(ends[1], &writer) == FOB_SUCCESS);
    fuzz_send_lines(writer, data, size);
    shutdown(*other, SHUT_WR);
    frame_socket_free(writer);
    return reader;
}

#endif
