/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Requests of a hook to the host: ask a person, count a call, open a file. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/clock.h"
#include "util/error.h"
#include "util/sized.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Milliseconds between two checks for CANCEL. */
#define POLL_MS 20

int fob_begin_call(struct fob_handle *handle, int64_t pause)
{
    struct frame answer;

    NEED_HANDLE(handle);
    if (handle->permitted && pause <= 0 && !fob_is_over(handle)) {
        handle->permitted = false;
        return FOB_SUCCESS;
    }
    frame_begin(handle->socket, FRAME_BEGIN, handle->call);
    frame_put_number(handle->socket, FRAME_PAUSE, pause, 8);
    plugin_put_end(handle);
    handle->ended = false;
    return plugin_ask(handle, &answer);
}

void plugin_put_end(const struct fob_handle *handle)
{
    if (!handle->ended)
        return;
    frame_put_number(handle->socket, FRAME_ANSWERED, handle->answered, 1);
    frame_put_number(handle->socket, FRAME_RETRY_AFTER, handle->retry_after, 8);
}

void fob_end_call(struct fob_handle *handle, bool answered, int64_t retry_after)
{
    if (!plugin_is_here(handle))
        return;
    handle->ended = true;
    handle->answered = answered;
    handle->retry_after = retry_after;
}

bool fob_is_over(const struct fob_handle *handle)
{
    /* Receiving a cancel does not change the handle for the caller. */
    struct fob_handle *listener = (struct fob_handle *)(uintptr_t)handle;
    const int64_t now = clock_ms();

    /* In a forked child, the parent's hook is over. */
    if (!plugin_is_here(handle))
        return handle != NULL;
    /* libcurl asks a dozen times for each request. */
    if (!handle->over && now - handle->looked >= POLL_MS) {
        listener->looked = now;
        plugin_look(listener);
    }
    return handle->over;
}

int fob_open_trusted(struct fob_handle *handle, const char *path, int *fd)
{
    struct frame answer;
    int code;

    NEED_HANDLE(handle);
    NEED(path);
    NEED(fd);
    frame_begin(handle->socket, FRAME_OPEN, handle->call);
    frame_put_text(handle->socket, FRAME_PATH, path);
    code = plugin_ask(handle, &answer);
    if (code == FOB_SUCCESS)
        *fd = answer.descriptor;
    else if (answer.descriptor >= 0)
        close(answer.descriptor);
    return code;
}

static bool plugin_is_shown(const char *text)
{
    return text == NULL || text_is_utf8(text, strlen(text));
}

/* Copy a plugin's message; the plugin may be built with another version of the header. */
static int plugin_copy_message(const struct fob_message *message, size_t index,
                               struct fob_message *copy)
{
    const char *fault = sized_copy(copy, sizeof *copy, message);

    if (fault != NULL)
        return error_set(FOB_INVALID, "fob_converse: message %zu %s", index, fault);
    if ((unsigned)copy->kind > FOB_TELL_WARNING || copy->text == NULL)
        return error_set(FOB_INVALID, "fob_converse: message %zu has no such kind, or no text",
                         index);
    if (plugin_is_shown(copy->name) && plugin_is_shown(copy->text) &&
        plugin_is_shown(copy->description) && plugin_is_shown(copy->example) &&
        plugin_is_shown(copy->value))
        return FOB_SUCCESS;
    return error_set(FOB_INVALID, "fob_converse: message %zu is not UTF-8", index);
}

static void plugin_put_message(struct frame_socket *socket, const struct fob_message *message)
{
    frame_put_number(socket, FRAME_KIND, message->kind, 1);
    frame_put_text(socket, FRAME_ASKED, message->name);
    frame_put_text(socket, FRAME_TEXT, message->text);
    frame_put_text(socket, FRAME_DESCRIPTION, message->description);
    frame_put_text(socket, FRAME_EXAMPLE, message->example);
    frame_put_text(socket, FRAME_VALUE, message->value);
}

int plugin_take_replies(struct span items, size_t count, struct fob_secret **replies)
{
    struct span item;
    uint8_t tag;
    size_t at = 0;
    int code = FOB_SUCCESS;

    while (at < count && code == FOB_SUCCESS && frame_next(&items, &tag, &item)) {
        if (tag == FRAME_REPLY)
            code = fob_secret_new(item.data, item.size, &replies[at]);
        at += tag == FRAME_REPLY || tag == FRAME_NO_REPLY;
    }
    for (size_t i = 0; i < at && code != FOB_SUCCESS; i++) {
        fob_secret_free(replies[i]);
        replies[i] = NULL;
    }
    return code;
}

int fob_converse(struct fob_handle *handle, const struct fob_message *const *messages, size_t count,
                 struct fob_secret **replies)
{
    struct fob_message message;
    struct frame answer;
    int code = FOB_SUCCESS;

    NEED_HANDLE(handle);
    if (count > 0)
        NEED(messages);
    frame_begin(handle->socket, FRAME_ASK, handle->call);
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = plugin_copy_message(messages[i], i, &message);
        if (code == FOB_SUCCESS)
            plugin_put_message(handle->socket, &message);
    }
    if (code != FOB_SUCCESS)
        return code;
    code = plugin_ask(handle, &answer);
    for (size_t i = 0; replies != NULL && i < count; i++)
        replies[i] = NULL;
    return code == FOB_SUCCESS && replies != NULL
               ? plugin_take_replies(answer.items, count, replies)
               : code;
}
