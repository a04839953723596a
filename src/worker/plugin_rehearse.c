/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lets the host answer a request in place of the provider. */
#include "config.h"

#include "worker/plugin_rehearse.h"

#include "worker/plugin_handle.h"

#include <string.h>

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
