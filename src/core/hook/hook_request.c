/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends an application's request to the worker that makes it, and receives the answer. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/error.h"

#include <string.h>

bool hook_request_writes(const struct fob_query *query)
{
    return query->method != NULL && strcmp(query->method, "GET") != 0 &&
           strcmp(query->method, "HEAD") != 0;
}

static int hook_send_body(struct hook_call *call)
{
    const char *body = call->query->body;
    size_t left = body != NULL ? call->query->body_size : 0;
    int code = FOB_SUCCESS;

    while (left > 0 && code == FOB_SUCCESS) {
        const size_t part = left < FRAME_PART_MAX ? left : FRAME_PART_MAX;

        frame_begin(call->at.socket, FRAME_BODY, call->number);
        frame_put(call->at.socket, FRAME_PART, body, part);
        code = frame_send(call->at.socket, -1);
        body += part;
        left -= part;
    }
    return code;
}

int hook_send_request(struct hook_call *call)
{
    struct frame_socket *socket = call->at.socket;
    const struct fob_query *query = call->query;
    int code;

    frame_begin(socket, FRAME_REQUEST, call->number);
    frame_put_text(socket, FRAME_METHOD, query->method != NULL ? query->method : "GET");
    frame_put_text(socket, FRAME_TARGET, query->path);
    frame_put_text(socket, FRAME_CONTENT_TYPE, query->content_type);
    for (const char *const *line = query->headers; line != NULL && *line != NULL; line++)
        frame_put_text(socket, FRAME_LINE, *line);
    if (query->body != NULL)
        frame_put_number(socket, FRAME_SIZE, (int64_t)query->body_size, 8);
    if ((call->answer->flags & FOB_ANYTHING) != 0)
        frame_put(socket, FRAME_ANYTHING, NULL, 0);
    if ((call->answer->flags & FOB_AS_ITEMS) != 0)
        frame_put(socket, FRAME_AS_ITEMS, NULL, 0);
    code = frame_send(socket, -1);
    return code == FOB_SUCCESS ? hook_send_body(call) : code;
}

static int hook_take_head(struct fob_answer *answer, struct span items)
{
    const uint64_t most =
        (answer->flags & FOB_AS_ITEMS) != 0 ? FRAME_ITEMS_MAX : (uint64_t)FRAME_BODY_MAX;
    const int64_t status = frame_number(items, FRAME_STATUS, 0);
    const uint64_t size = (uint64_t)frame_number(items, FRAME_SIZE, 0);

    if (answer->head.size > 0 || size > most || status < 100 || status > 599)
        return error_set(FOB_PLUGIN, "an invalid answer");
    strbuf_add(&answer->head, items.data, items.size);
    /* A buffer that grows would leave copies behind. */
    answer->size = (size_t)size;
    (void)strbuf_extend(&answer->body, answer->size);
    answer->body.size = 0;
    return answer->head.failed || answer->body.failed ? error_nomem() : FOB_SUCCESS;
}

int hook_take_answer(struct hook_call *call, const struct frame *frame)
{
    struct fob_answer *answer = call->answer;
    struct span part;

    if (answer == NULL)
        return error_set(FOB_PLUGIN, "an unexpected frame \"%s\"", frame_name(frame->type));
    if (frame->type == FRAME_HEAD_OF_ANSWER)
        return hook_take_head(answer, frame->items);
    (void)frame_find(frame->items, FRAME_PART, &part);
    if (part.size > answer->size - answer->body.size)
        return error_set(FOB_PLUGIN, "a longer answer than it announced");
    strbuf_add(&answer->body, part.data, part.size);
    return FOB_SUCCESS;
}
