/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A socket that frames come and go through.  All bytes of items, secret or not, are in locked
 * memory on both sides.
 */
#ifndef FOB_FRAME_FRAME_SOCKET_H
#define FOB_FRAME_FRAME_SOCKET_H

#include "frame/frame.h"

struct frame_socket;

/* Take FD over, in each case.  Returns FOB_SUCCESS, FOB_NOMEM. */
int frame_socket_new(int fd, struct frame_socket **socket);
void frame_socket_free(struct frame_socket *socket);
int frame_socket_fd(const struct frame_socket *socket);

/* Make a frame: begin it, put its items, send it.  A put that fails is noticed by the send. */
void frame_begin(struct frame_socket *socket, enum frame_type type, uint32_t call);
void frame_put(struct frame_socket *socket, uint8_t tag, const void *data, size_t size);
/* Nothing when TEXT is NULL. */
void frame_put_text(struct frame_socket *socket, uint8_t tag, const char *text);
void frame_put_number(struct frame_socket *socket, uint8_t tag, int64_t value, size_t size);
/* NAME, a NUL, and the value. */
void frame_put_pair(struct frame_socket *socket, uint8_t tag, const char *name, struct span value);
/* DESCRIPTOR, which stays the caller's, goes along unless it is -1.  Returns FOB_SUCCESS,
 * FOB_PLUGIN (the other side is gone, or does not read), FOB_INVALID (too much for one frame),
 * FOB_NOMEM. */
int frame_send(struct frame_socket *socket, int descriptor);

/*
 * Read a frame that is right in itself; whether it may come now is the caller's matter.  With WAIT
 * false return what is there: FOB_IGNORE when that is not a whole frame yet.
 *
 * Returns FOB_SUCCESS, FOB_IGNORE, FOB_NOT_FOUND (the other side has ended, between two frames),
 * FOB_PLUGIN (it has ended within one, or sent what is none), FOB_NOMEM.
 */
int frame_receive(struct frame_socket *socket, bool wait, struct frame *frame);
/* The bytes of the last frame's items, which are the caller's from now on. */
struct fob_secret *frame_take(struct frame_socket *socket);

#endif
