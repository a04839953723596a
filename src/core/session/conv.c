/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Calls the application's conversation, and checks its replies. */
#include "config.h"

#include "core/session/conv.h"

#include "util/error.h"
#include "util/process.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool conv_present(const struct fob_handle *handle)
{
    return handle->conv.converse != NULL;
}

static bool conv_wants_reply(enum fob_message_kind kind)
{
    return kind == FOB_ASK_TEXT || kind == FOB_ASK_SECRET || kind == FOB_ASK_CONFIRM;
}

void conv_free_replies(struct fob_secret **replies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fob_secret_free(replies[i]);
        replies[i] = NULL;
    }
}

/* Call the application, and check its replies. */
static int conv_call(const struct fob_conversation *conv, const struct fob_message *const *messages,
                     size_t count, struct fob_secret **replies)
{
    const uint64_t process = process_id();
    int code = conv->converse(messages, count, replies, conv->data);

    if (process != process_id()) {
        conv_free_replies(replies, count);
        return error_set(FOB_INVALID, "the conversation forked, and returned in the child too");
    }
    if (code != FOB_SUCCESS) {
        conv_free_replies(replies, count);
        if (code == FOB_ABORT)
            return error_set(FOB_ABORT, "interrupted");
        return error_set(FOB_CONVERSATION, "nobody answered");
    }
    for (size_t i = 0; i < count; i++) {
        if (conv_wants_reply(messages[i]->kind) && replies[i] == NULL) {
            conv_free_replies(replies, count);
            return error_set(FOB_CONVERSATION, "the application's conversation gave no reply");
        }
    }
    return FOB_SUCCESS;
}

int conv_exchange(const struct fob_conversation *conv, const struct fob_message *const *messages,
                  size_t count, struct fob_secret **replies)
{
    struct fob_secret **made;
    int code;

    if (conv->converse == NULL)
        return error_set(FOB_CONVERSATION, "there is nobody to ask");
    made = calloc(count > 0 ? count : 1, sizeof *made);
    if (made == NULL)
        return error_nomem();
    code = conv_call(conv, messages, count, made);
    if (code == FOB_SUCCESS && replies != NULL)
        memcpy(replies, made, count * sizeof *made);
    else
        conv_free_replies(made, count);
    free(made);
    return code;
}

int conv_exchange_one(const struct fob_conversation *conv, const struct fob_message *message,
                      struct fob_secret **reply)
{
    return conv_exchange(conv, &message, 1, reply);
}

void conv_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int size;

    if (!conv_present(handle) || conv_wants_reply(kind))
        return;
    va_start(args, format);
    size = vasprintf(&text, format, args);
    va_end(args);
    if (size < 0)
        return;
    (void)conv_exchange_one(&handle->conv, &CONV_MESSAGE(.kind = kind, .text = text), NULL);
    free(text);
}
