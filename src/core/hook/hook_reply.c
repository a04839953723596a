/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Answers the requests of a hook. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/error.h"

void hook_begin_answer(struct hook_call *call, int code)
{
    struct frame_socket *socket = call->at.socket;

    frame_begin(socket, FRAME_ANSWER, call->number);
    frame_put_number(socket, FRAME_CODE, code, 4);
    if (code != FOB_SUCCESS) {
        frame_put_text(socket, FRAME_MESSAGE, fob_error());
        frame_put_text(socket, FRAME_HINT, fob_error_hint());
    }
}

/* A worker that is gone, or does not read, is no error yet: receiving finds out why. */
int hook_send_answer(const struct hook_call *call, int fd)
{
    int code = frame_send(call->at.socket, fd);

    return code == FOB_PLUGIN ? FOB_SUCCESS : code;
}
