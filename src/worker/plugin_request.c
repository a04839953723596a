/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Receives an application's request, and sends the answer. */
#include "config.h"

#include "worker/plugin_request.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"
#include "worker/plugin_handle.h"

#include <stdlib.h>
#include <string.h>

static int plugin_request_take_lines(struct plugin_request *request, struct span items)
{
    struct span rest = items;
    struct span item;
    uint8_t tag;
    size_t count = 0;

    while (frame_next(&rest, &tag, &item))
        count += tag == FRAME_LINE;
    request->lines = calloc(count + 1, sizeof *request->lines);
    if (request->lines == NULL)
        return error_nomem();
    for (count = 0; frame_next(&items, &tag, &item);) {
        if (tag == FRAME_LINE)
            request->lines[count++] = item.data;
    }
    return FOB_SUCCESS;
}

/* Copy ITEMS, from which REQUEST borrows, and read them. */
static int plugin_request_take(struct plugin_request *request, struct span items)
{
    const int64_t size = frame_number(items, FRAME_SIZE, -1);
    struct span item;
    int code = secret_alloc(items.size, &request->memory);

    if (code != FOB_SUCCESS)
        return code;
    memcpy(secret_buffer(request->memory), items.data, items.size);
    items.data = secret_buffer(request->memory);
    request->method = frame_text(items, FRAME_METHOD);
    request->target = frame_text(items, FRAME_TARGET);
    request->content_type = frame_text(items, FRAME_CONTENT_TYPE);
    request->anything = frame_find(items, FRAME_ANYTHING, &item);
    request->as_items = frame_find(items, FRAME_AS_ITEMS, &item);
    if (size >= 0 && size <= FRAME_BODY_MAX) {
        request->body = malloc((size_t)size + 1);
        request->body_size = (size_t)size;
        if (request->body == NULL)
            return error_nomem();
    }
    return plugin_request_take_lines(request, items);
}

/* Receive the announced body. */
static void plugin_request_receive_body(struct fob_handle *handle, struct plugin_request *request)
{
    size_t got = 0;

    while (got < request->body_size) {
        struct span part;
        struct frame frame;

        plugin_receive(handle, FRAME_BODY, &frame);
        (void)frame_find(frame.items, FRAME_PART, &part);
        if (part.size > request->body_size - got)
            part.size = request->body_size - got;
        memcpy(request->body + got, part.data, part.size);
        got += part.size;
    }
}

int plugin_request_receive(struct fob_handle *handle, struct plugin_request *request)
{
    struct frame frame;
    int code;

    *request = (struct plugin_request){ .body = NULL };
    plugin_receive(handle, FRAME_REQUEST, &frame);
    code = plugin_request_take(request, frame.items);
    if (code == FOB_SUCCESS)
        plugin_request_receive_body(handle, request);
    return code;
}

void plugin_request_clear(struct plugin_request *request)
{
    if (request->body != NULL)
        explicit_bzero(request->body, request->body_size);
    free(request->body);
    free(request->lines);
    fob_secret_free(request->memory);
}

/* Put the header in a line of SIZE bytes, if it is one. */
static void plugin_request_put_header(struct frame_socket *socket, const char *line, size_t size)
{
    const char *colon = memchr(line, ':', size);
    struct span value;

    if (colon == NULL || colon == line || line[0] == ' ' || line[0] == '\t' ||
        !text_is_utf8(line, (size_t)(colon - line)))
        return;
    value = (struct span){ colon + 1, size - (size_t)(colon + 1 - line) };
    while (value.size > 0 && strchr(" \t", *(const char *)value.data) != NULL)
        value = (struct span){ (const char *)value.data + 1, value.size - 1 };
    while (value.size > 0 && strchr(" \t\r", ((const char *)value.data)[value.size - 1]) != NULL)
        value.size--;
    frame_put_pair(socket, FRAME_HEADER, (struct span){ line, (size_t)(colon - line) }, value);
}

void plugin_request_send_head(struct fob_handle *handle, int status, const char *lines, size_t size)
{
    struct frame_socket *socket = handle->socket;

    frame_begin(socket, FRAME_HEAD_OF_ANSWER, handle->call);
    frame_put_number(socket, FRAME_STATUS, status, 4);
    frame_put_text(socket, FRAME_LINES, lines);
    for (const char *line = strchr(lines, '\n'); line != NULL; line = strchr(line, '\n')) {
        line++;
        plugin_request_put_header(socket, line, strcspn(line, "\n"));
    }
    frame_put_number(socket, FRAME_SIZE, (int64_t)size, 8);
    plugin_send(handle);
}

void plugin_request_send_body(struct fob_handle *handle, const char *data, size_t size)
{
    while (size > 0) {
        const size_t part = size < FRAME_PART_MAX ? size : FRAME_PART_MAX;

        frame_begin(handle->socket, FRAME_BODY, handle->call);
        frame_put(handle->socket, FRAME_PART, data, part);
        plugin_send(handle);
        data += part;
        size -= part;
    }
}
