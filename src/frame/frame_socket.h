/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A socket for frames.  On both sides, the bytes of all items, secret or not, are in locked memory.
 */
#ifndef FOB_FRAME_FRAME_SOCKET_H
#define FOB_FRAME_FRAME_SOCKET_H

#include "frame/frame.h"
#include "util/proof.h"

struct frame_socket;

/* Owns FD, even on failure.  Returns FOB_SUCCESS, FOB_NOMEM. */
int frame_socket_new(int fd, struct frame_socket **socket);
void frame_socket_free(struct frame_socket *socket);
int frame_socket_fd(const struct frame_socket *socket);
/* Whether frame_receive() may also read bytes behind the frame; at first it may.  It must not
 * before another process takes over the socket. */
void frame_socket_read_ahead(struct frame_socket *socket, bool ahead);
/* Call WATCH with DATA for each frame that is sent or received from now on; NULL ends this. */
typedef void frame_watch_fn(void *data, const struct frame_head *head, bool sent);
void frame_watch(struct frame_socket *socket, frame_watch_fn *watch, void *data);
/* Let WAITS, called with DATA each time that the other side has not read for SO_SNDTIMEO, decide
 * whether to send on; with NULL, sending fails then. */
typedef bool frame_wait_fn(void *data);
void frame_wait(struct frame_socket *socket, frame_wait_fn *waits, void *data);

/* Make a frame: begin it, put its items, send it.  If a put fails, so does frame_send(). */
void frame_begin(struct frame_socket *socket, enum frame_type type, uint32_t call);
void frame_put(struct frame_socket *socket, uint8_t tag, const void *data, size_t size);
/* Puts nothing if TEXT is NULL. */
void frame_put_text(struct frame_socket *socket, uint8_t tag, const char *text);
void frame_put_number(struct frame_socket *socket, uint8_t tag, int64_t value, size_t size);
/* Puts NAME, a NUL, and the value. */
void frame_put_pair(struct frame_socket *socket, uint8_t tag, struct span name, struct span value);
void frame_put_token(struct frame_socket *socket, const struct token *token);
void frame_put_proof(struct frame_socket *socket, const struct proof *proof);
/* DESCRIPTOR, which the caller keeps, is sent too, unless it is -1.  Returns FOB_SUCCESS,
 * FOB_PLUGIN (the other side is gone, or does not read), FOB_INVALID (too much for one frame),
 * FOB_NOMEM. */
int frame_send(struct frame_socket *socket, int descriptor);
/* Instead of frame_send(): hold the frame back, and send it with the next one, in one write.
 * Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM. */
int frame_hold(struct frame_socket *socket);

/*
 * Receive and check a frame.  The caller checks whether the type is allowed at this point.  If WAIT
 * is false, and the frame is not complete yet, return FOB_IGNORE at once.
 *
 * Returns FOB_SUCCESS, FOB_IGNORE, FOB_NOT_FOUND (the other side closed the socket between frames),
 * FOB_PLUGIN (it closed the socket within a frame, or sent an invalid one), FOB_NOMEM.
 */
int frame_receive(struct frame_socket *socket, bool wait, struct frame *frame);
/* Whether bytes of the next frame were received together with the last frame. */
bool frame_is_begun(const struct frame_socket *socket);

#endif
