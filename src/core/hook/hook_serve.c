/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Serves the requests of a hook. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "core/provider/recording.h"
#include "core/provider/rehearsal.h"
#include "core/session/conv.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Limits of a hook's messages, and of its log. */
#define OUTPUT_COUNT_MAX 1000
#define OUTPUT_SIZE_MAX (1024 * (size_t)1024)
#define MESSAGES_MAX 256
/* Limit of a hook's calls to its provider. */
#define CALLS_MAX 1000
/* Limit of the pause that an answer asks for: a year. */
#define PAUSE_MAX_S (366 * INT64_C(86400))

/* A question to a person. */
struct hook_question {
    struct fob_message *messages;
    const struct fob_message **pointers; /* to MESSAGES */
    struct fob_secret **replies;
    size_t count;
};

/* Check that the hook may pause for PAUSE milliseconds, and then call the provider. */
static int hook_permit_call(struct hook_call *call, int64_t pause)
{
    if (call->judge != NULL)
        return error_set(FOB_INVALID, "a check must not call the provider");
    if (call->handle->rehearsal != NULL)
        return error_set(FOB_INVALID, "only requests of libfob-http can be rehearsed");
    if (++call->counted > CALLS_MAX)
        return error_set(FOB_RATE_LIMITED, "a hook makes at most %d calls", CALLS_MAX);
    if (pause > call->until - clock_ms())
        return error_set(FOB_RATE_LIMITED, "the pause would last longer than the hook may run");
    return FOB_SUCCESS;
}

void hook_use_permit(struct hook_call *call)
{
    if (call->permitted)
        call->handle->call.paid = false;
    call->permitted = false;
}

void hook_take_end(struct hook_call *call, struct span items)
{
    const int64_t pause = frame_number(items, FRAME_RETRY_AFTER, 0);
    struct span answered;

    if (call->judge != NULL || !frame_find(items, FRAME_ANSWERED, &answered))
        return;
    hook_use_permit(call);
    call_end(call->handle, wire_get(answered.data, 1) != 0,
             pause < PAUSE_MAX_S ? pause : PAUSE_MAX_S);
}

/* The pause counts as the hook's time; the wait for the budget does not. */
static int hook_serve_begin(struct hook_call *call, struct span items)
{
    const int64_t pause = frame_number(items, FRAME_PAUSE, 0);
    int64_t began;
    int code;

    hook_take_end(call, items);
    code = hook_permit_call(call, pause);
    if (code == FOB_SUCCESS) {
        began = clock_ms() + (pause > 0 ? pause : 0);
        code = call_begin(call->handle, pause);
        if (clock_ms() > began)
            call->until += clock_ms() - began;
    }
    hook_begin_answer(call, code);
    return hook_send_answer(call, -1);
}

static int hook_serve_open(struct hook_call *call, struct span items)
{
    int fd = -1;
    int code = hook_open_file(call, frame_text(items, FRAME_PATH), &fd);

    hook_begin_answer(call, code);
    code = hook_send_answer(call, fd);
    if (fd >= 0)
        close(fd);
    return code;
}

/* Count TEXT in OUTPUT.  Returns whether OUTPUT is within its limits. */
static bool hook_count_output(struct hook_output *output, const char *text)
{
    output->count++;
    output->size += strlen(text);
    return output->count <= OUTPUT_COUNT_MAX && output->size <= OUTPUT_SIZE_MAX;
}

static int hook_serve_tell(struct hook_call *call, struct span items)
{
    const int64_t kind = frame_number(items, FRAME_KIND, 0);
    const char *text = frame_text(items, FRAME_TEXT);

    if (kind < FOB_TELL_GUIDE || kind > FOB_TELL_WARNING)
        return error_set(FOB_PLUGIN, "a message of an unknown kind");
    if (hook_count_output(&call->messages, text))
        conv_tell(call->handle, (enum fob_message_kind)kind, "%s", text);
    return FOB_SUCCESS;
}

static int hook_serve_log(struct hook_call *call, struct span items)
{
    const enum fob_log_level level = (enum fob_log_level)frame_number(items, FRAME_LEVEL, 0);
    const struct fob_handle *handle = call->handle;
    char part[3 * FOB_NAME_MAX + 3];
    char text[4096];

    if (!hook_count_output(&call->log, frame_text(items, FRAME_TEXT)) || level > FOB_LOG_TRACE ||
        !context_logs(handle->context, level))
        return FOB_SUCCESS;
    snprintf(part, sizeof part, "%s/%s/%s", handle->provider_name,
             call->judge != NULL   ? "check"
             : call->query != NULL ? "request"
                                   : hook_name((enum hook)call->hook),
             call->entry->plugin->declared.name);
    snprintf(text, sizeof text, "%s", frame_text(items, FRAME_TEXT));
    text_make_printable(text);
    context_log(handle->context, level, part, "%s", text);
    return FOB_SUCCESS;
}

static int hook_serve_mistake(struct hook_call *call, struct span items)
{
    struct span flag;
    const struct hook_mistake mistake = {
        .option = frame_text(items, FRAME_OPTION),
        .node = (uint32_t)frame_number(items, FRAME_NODE, 0),
        .field = frame_text(items, FRAME_ASKED),
        .text = frame_text(items, FRAME_TEXT),
        .warning = frame_find(items, FRAME_WARNING, &flag),
    };

    if (call->judge == NULL)
        return error_set(FOB_PLUGIN, "a mistake outside of a check");
    call->judge->note(&mistake, call->judge->data);
    return FOB_SUCCESS;
}

/* Add ITEM to the last message; a kind begins a new one. */
static bool hook_take_part(struct hook_question *question, uint8_t tag, struct span item)
{
    struct fob_message *message;

    if (tag == FRAME_KIND) {
        if (question->count == MESSAGES_MAX)
            return false;
        message = &question->messages[question->count];
        *message = CONV_MESSAGE(.kind = (enum fob_message_kind)wire_get(item.data, 1));
        question->pointers[question->count++] = message;
        return true;
    }
    if (question->count == 0)
        return false;
    message = &question->messages[question->count - 1];
    switch (tag) {
    case FRAME_ASKED:
        message->name = item.data;
        break;
    case FRAME_TEXT:
        message->text = item.data;
        break;
    case FRAME_DESCRIPTION:
        message->description = item.data;
        break;
    case FRAME_EXAMPLE:
        message->example = item.data;
        break;
    default:
        message->value = item.data;
        break;
    }
    return true;
}

static int hook_read_question(struct hook_question *question, struct span items)
{
    struct span item;
    uint8_t tag;

    question->messages = calloc(MESSAGES_MAX, sizeof *question->messages);
    question->replies = calloc(MESSAGES_MAX, sizeof *question->replies);
    question->pointers = calloc(MESSAGES_MAX, sizeof *question->pointers);
    if (question->messages == NULL || question->replies == NULL || question->pointers == NULL)
        return error_nomem();
    while (frame_next(&items, &tag, &item)) {
        if (!hook_take_part(question, tag, item))
            return error_set(FOB_PLUGIN, "an invalid question");
    }
    for (size_t i = 0; i < question->count; i++) {
        if (question->messages[i].kind > FOB_TELL_WARNING || question->messages[i].text == NULL)
            return error_set(FOB_PLUGIN, "an invalid question");
    }
    return FOB_SUCCESS;
}

static void hook_put_replies(struct frame_socket *socket, const struct hook_question *question)
{
    for (size_t i = 0; i < question->count; i++) {
        const struct fob_secret *reply = question->replies[i];

        if (reply != NULL)
            frame_put(socket, FRAME_REPLY, fob_secret_data(reply), fob_secret_size(reply));
        else
            frame_put(socket, FRAME_NO_REPLY, NULL, 0);
    }
}

static int hook_serve_ask(struct hook_call *call, struct span items)
{
    struct hook_question question = { .count = 0 };
    const int64_t began = clock_ms();
    int code = hook_read_question(&question, items);
    int answer;

    if (code == FOB_SUCCESS) {
        answer =
            conv_exchange(&call->handle->conv, question.pointers, question.count, question.replies);
        call->until += clock_ms() - began;
        hook_begin_answer(call, answer);
        if (answer == FOB_SUCCESS)
            hook_put_replies(call->at.socket, &question);
        if (handle_is_lost(call->handle))
            code = FOB_INVALID;
        else
            code = hook_send_answer(call, -1);
        conv_free_replies(question.replies, question.count);
    }
    free(question.messages);
    free(question.pointers);
    free(question.replies);
    return code;
}

/* Answer a request of a rehearsal. */
static int hook_serve_rehearse(struct hook_call *call, struct span items)
{
    struct frame_socket *socket = call->at.socket;
    struct rehearsal_answer answer;
    int code;

    if (call->handle->rehearsal == NULL)
        return error_set(FOB_PLUGIN, "a rehearsed request outside of a rehearsal");
    code = call->handle->rehearsal->answer(call->handle->rehearsal, items, &answer);
    hook_begin_answer(call, code);
    if (answer.fault >= 0)
        frame_put_number(socket, FRAME_FAULT, answer.fault, 1);
    else if (code == FOB_SUCCESS) {
        frame_put_number(socket, FRAME_STATUS, answer.status, 4);
        frame_put(socket, FRAME_LINES, answer.lines.data, answer.lines.size);
        frame_put(socket, FRAME_CONTENT, answer.content.data, answer.content.size);
    }
    rehearsal_answer_clear(&answer);
    return hook_send_answer(call, -1);
}

static int hook_serve_received(struct hook_call *call, struct span items)
{
    if (call->handle->recording == NULL)
        return error_set(FOB_PLUGIN, "an answer that is not recorded");
    return recording_take(call->handle->recording, items);
}

int hook_serve(struct hook_call *call, const struct frame *frame)
{
    if (frame->call != call->number)
        return error_set(FOB_PLUGIN, "a frame of another call");
    switch (frame->type) {
    case FRAME_BEGIN:
        return hook_serve_begin(call, frame->items);
    case FRAME_OPEN:
        return hook_serve_open(call, frame->items);
    case FRAME_ASK:
        return hook_serve_ask(call, frame->items);
    case FRAME_TELL:
        return hook_serve_tell(call, frame->items);
    case FRAME_LOG:
        return hook_serve_log(call, frame->items);
    case FRAME_MISTAKE:
        return hook_serve_mistake(call, frame->items);
    case FRAME_REHEARSE:
        return hook_serve_rehearse(call, frame->items);
    case FRAME_RECEIVED:
        return hook_serve_received(call, frame->items);
    case FRAME_SIGN_IN:
        return hook_serve_sign_in(call, frame->items);
    case FRAME_HEAD_OF_ANSWER:
    case FRAME_BODY:
        return hook_take_answer(call, frame);
    default:
        return error_set(FOB_PLUGIN, "an unexpected frame \"%s\"", frame_name(frame->type));
    }
}
