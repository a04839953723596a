/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lets the host answer a request in place of the provider, or record what the provider answers. */
#include "config.h"

#include "worker/plugin_rehearse.h"

#include "worker/plugin_handle.h"

#include <string.h>

/* The longest body that can be recorded: as JSON in items, and as a text. */
#define ITEMS_MAX (3 * 1024 * 1024)
#define CONTENT_MAX (64 * 1024)

bool plugin_is_rehearsed(const struct fob_handle *handle)
{
    return handle->rehearsed;
}

static void plugin_rehearse_put_line(struct frame_socket *socket, const char *line)
{
    const size_t name = strcspn(line, ":;");
    const char *value = line + name + strspn(line + name, ":; ");

    if (line[name] == ':' && value[0] == '\0')
        return;
    frame_put_pair(socket, FRAME_HEADER, (struct span){ line, name }, wire_text(value));
}

int plugin_rehearse(struct fob_handle *handle, const struct plugin_rehearsed *request,
                    struct plugin_answer *answer)
{
    const char *line = fob_secret_data(request->lines);
    const char *end = line + fob_secret_size(request->lines);
    struct frame_socket *socket = handle->socket;
    struct frame frame;
    int code;

    frame_begin(socket, FRAME_REHEARSE, handle->call);
    frame_put_text(socket, FRAME_METHOD, request->method);
    frame_put_text(socket, FRAME_TARGET, request->url);
    for (; line < end; line += strlen(line) + 1)
        plugin_rehearse_put_line(socket, line);
    if (request->json.size > 0)
        frame_put(socket, FRAME_JSON, request->json.data, request->json.size);
    else if (request->content.data != NULL)
        frame_put(socket, FRAME_CONTENT, request->content.data, request->content.size);
    code = plugin_ask(handle, &frame);
    if (code != FOB_SUCCESS)
        return code;
    answer->fault = (int)frame_number(frame.items, FRAME_FAULT, -1);
    answer->status = (int)(int32_t)frame_number(frame.items, FRAME_STATUS, 0);
    answer->lines = frame_text(frame.items, FRAME_LINES);
    (void)frame_find(frame.items, FRAME_CONTENT, &answer->content);
    return FOB_SUCCESS;
}

bool plugin_is_recorded(const struct fob_handle *handle)
{
    return handle->recorded;
}

void plugin_record(struct fob_handle *handle, const struct plugin_received *received)
{
    struct frame_socket *socket = handle->socket;

    frame_begin(socket, FRAME_RECEIVED, handle->call);
    if (received->fault >= 0) {
        frame_put_number(socket, FRAME_FAULT, received->fault, 1);
        plugin_send(handle);
        return;
    }
    frame_put_number(socket, FRAME_STATUS, received->status, 4);
    frame_put_text(socket, FRAME_LINES, received->lines);
    frame_put_number(socket, FRAME_RETRY_AFTER, received->retry_after, 8);
    frame_put_number(socket, FRAME_SIZE, (int64_t)received->content.size, 8);
    if (received->json.size > 0 && received->json.size <= ITEMS_MAX)
        frame_put(socket, FRAME_JSON, received->json.data, received->json.size);
    else if (received->json.size == 0 && received->content.size > 0 &&
             received->content.size <= CONTENT_MAX)
        frame_put(socket, FRAME_CONTENT, received->content.data, received->content.size);
    plugin_send(handle);
}
