/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Shared by all functions for plugins: checking the handle, and exchanging frames with the host. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/process.h"

#include <unistd.h>

const char plugin_mark;

bool plugin_is_here(const struct fob_handle *handle)
{
    return handle != NULL && handle->mark == &plugin_mark && handle->process == process_id();
}

int plugin_check(const struct fob_handle *handle, const char *function)
{
    if (handle == NULL)
        return error_null(function, "handle");
    if (plugin_is_here(handle))
        return FOB_SUCCESS;
    if (handle->mark != &plugin_mark)
        return error_set(FOB_INVALID, "%s: the handle is not a hook's", function);
    return error_set(FOB_INVALID, "%s: the handle belongs to the parent of this process", function);
}

/* The host is gone, or must not go on without a frame that cannot be sent. */
static _Noreturn void plugin_leave(void)
{
    _exit(0);
}

void plugin_send(struct fob_handle *handle)
{
    if (frame_send(handle->socket, -1) != FOB_SUCCESS)
        plugin_leave();
}

/* If FRAME is a cancel, note it and return true. */
static bool plugin_is_cancel(struct fob_handle *handle, const struct frame *frame)
{
    if (frame->type != FRAME_CANCEL)
        return false;
    handle->over |= frame->call == handle->call;
    return true;
}

void plugin_look(struct fob_handle *handle)
{
    struct frame frame = { .descriptor = -1 };
    int code = frame_receive(handle->socket, false, &frame);

    if (code == FOB_IGNORE || code == FOB_NOMEM)
        return;
    if (code != FOB_SUCCESS || !plugin_is_cancel(handle, &frame))
        plugin_leave();
}

void plugin_receive(struct fob_handle *handle, enum frame_type type, struct frame *frame)
{
    int code;

    do
        code = frame_receive(handle->socket, true, frame);
    while (code == FOB_SUCCESS && plugin_is_cancel(handle, frame));
    if (code != FOB_SUCCESS || frame->type != type || frame->call != handle->call)
        plugin_leave();
}

int plugin_ask(struct fob_handle *handle, struct frame *answer)
{
    int code = frame_send(handle->socket, -1);

    *answer = (struct frame){ .descriptor = -1 };
    if (code == FOB_PLUGIN)
        plugin_leave();
    if (code != FOB_SUCCESS)
        return code;
    plugin_receive(handle, FRAME_ANSWER, answer);
    code = (int)(int32_t)frame_number(answer->items, FRAME_CODE, FOB_SYSTEM);
    if (code != FOB_SUCCESS) {
        const char *message = frame_text(answer->items, FRAME_MESSAGE);
        const char *hint = frame_text(answer->items, FRAME_HINT);

        error_repeat(code, message != NULL ? message : "", hint != NULL ? hint : "");
    }
    return code;
}
