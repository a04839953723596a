/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks and tells a person through the application's conversation. */
#include "config.h"

#include "core/conv.h"

#include "util/error.h"
#include "util/process.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 3

bool conv_present(const struct fob_handle *handle)
{
    return handle->conv.converse != NULL;
}

static bool wants_reply(enum fob_message_kind kind)
{
    return kind == FOB_ASK_TEXT || kind == FOB_ASK_SECRET || kind == FOB_ASK_CONFIRM;
}

static void free_replies(struct fob_secret **replies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fob_secret_free(replies[i]);
        replies[i] = NULL;
    }
}

/* Call the application, and hold it to its word. */
static int exchange(const struct fob_conversation *conv, const struct fob_message *messages,
                    size_t count, struct fob_secret **replies)
{
    const uint64_t process = process_id();
    int code = conv->converse(messages, count, replies, conv->data);

    if (process != process_id()) {
        free_replies(replies, count);
        return error_set(FOB_INVALID, "the conversation forked, and returned in the child too");
    }
    if (code != FOB_SUCCESS) {
        free_replies(replies, count);
        if (code == FOB_ABORT)
            return error_set(FOB_ABORT, "interrupted");
        return error_set(FOB_CONVERSATION, "nobody answered");
    }
    for (size_t i = 0; i < count; i++) {
        if (wants_reply(messages[i].kind) && replies[i] == NULL) {
            free_replies(replies, count);
            return error_set(FOB_CONVERSATION, "the application's conversation gave no reply");
        }
    }
    return FOB_SUCCESS;
}

int conv_exchange(const struct fob_conversation *conv, const struct fob_message *messages,
                  size_t count, struct fob_secret **replies)
{
    struct fob_secret **made;
    int code;

    if (conv->converse == NULL)
        return error_set(FOB_CONVERSATION, "there is nobody to ask");
    made = calloc(count > 0 ? count : 1, sizeof *made);
    if (made == NULL)
        return error_nomem();
    code = exchange(conv, messages, count, made);
    if (code == FOB_SUCCESS && replies != NULL)
        memcpy(replies, made, count * sizeof *made);
    else
        free_replies(made, count);
    free(made);
    return code;
}

void conv_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *text)
{
    const struct fob_message message = { .kind = kind, .text = text };

    if (conv_present(handle) && !wants_reply(kind))
        (void)conv_exchange(&handle->conv, &message, 1, NULL);
}

static struct fob_message field_message(const struct provider_field *field)
{
    const struct fob_provider_field *face = &field->face;

    return (struct fob_message){
        .kind = face->secret ? FOB_ASK_SECRET : FOB_ASK_TEXT,
        .name = face->name,
        .text = face->title,
        .description = face->description[0] != '\0' ? face->description : NULL,
        .example = face->example[0] != '\0' ? face->example : NULL,
        .value = face->value[0] != '\0' ? face->value : NULL,
    };
}

/* Ask whether something in a value that cannot be seen belongs there. */
static int confirm_unseen(struct fob_handle *handle, const struct provider_field *field,
                          const char *what)
{
    char text[FOB_NAME_MAX + TEXT_UNSEEN + 32];
    const struct fob_message message = { .kind = FOB_ASK_CONFIRM, .text = text };
    struct fob_secret *reply = NULL;
    int code;

    snprintf(text, sizeof text, "%.64s: it %s. Keep that?", field->face.title, what);
    code = conv_exchange(&handle->conv, &message, 1, &reply);
    if (code == FOB_SUCCESS && strcmp(fob_secret_data(reply), "yes") != 0)
        code = FOB_CONVERSATION;
    fob_secret_free(reply);
    if (code == FOB_CONVERSATION)
        code = error_set(FOB_INVALID, "%s: it %s", field->face.title, what);
    return code;
}

/* Put one value into GIVEN and DRAFT.  An empty one means the default; an optional field without
 * one is left out. */
static int take_value(struct fob_handle *handle, const struct provider_field *field,
                      const char *value, size_t size)
{
    char what[TEXT_UNSEEN];
    int code;

    if (size == 0) {
        value = field->face.value;
        size = strlen(value);
    }
    code = provider_check_value(handle->provider, field, value, size);
    if (code == FOB_SUCCESS && handle_finds_unseen(handle, value, size, what))
        code = confirm_unseen(handle, field, what);
    if (code != FOB_SUCCESS || size == 0)
        return code;
    code = handle_give_field(handle, field, value, size);
    if (code == FOB_SUCCESS)
        code = record_set_field(handle->draft, field->face.name, value, size, field->face.secret);
    return code;
}

/* The fields without a value, COUNT of them, into FIELDS, which has room for all. */
static size_t missing_fields(const struct fob_handle *handle, bool all,
                             const struct provider_field **fields)
{
    size_t count = 0;

    for (size_t i = 0; i < handle->provider->field_count; i++) {
        const struct provider_field *field = &handle->provider->fields[i];
        const struct record *known = all ? handle->given : handle->draft;
        struct record_field found;

        if (known == NULL || record_find_field(known, field->face.name, &found) != FOB_SUCCESS)
            fields[count++] = field;
    }
    return count;
}

static int ask_fields(struct fob_handle *handle, const struct provider_field **fields, size_t count)
{
    struct fob_message *messages = calloc(count, sizeof *messages);
    struct fob_secret **replies = calloc(count, sizeof *replies);
    int code = FOB_SUCCESS;

    if (messages == NULL || replies == NULL) {
        code = error_nomem();
        goto out;
    }
    for (size_t i = 0; i < count; i++)
        messages[i] = field_message(fields[i]);
    code = conv_exchange(&handle->conv, messages, count, replies);
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code =
            take_value(handle, fields[i], fob_secret_data(replies[i]), fob_secret_size(replies[i]));
out:
    if (replies != NULL)
        free_replies(replies, count);
    free(replies);
    free(messages);
    return code;
}

/* Without a person: the defaults, or say which field is missing. */
static int default_fields(struct fob_handle *handle, const struct provider_field **fields,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = fields[i]->face.name;
        int code;

        if (fields[i]->face.value[0] == '\0' && !fields[i]->face.optional) {
            error_set(FOB_CONVERSATION, "%s: no value for the field %s, and nobody to ask",
                      handle->account, name);
            error_hint("give it with --stdin or --field-file %s=PATH, or run it on a terminal",
                       name);
            return FOB_CONVERSATION;
        }
        code = take_value(handle, fields[i], "", 0);
        if (code != FOB_SUCCESS)
            return code;
    }
    return FOB_SUCCESS;
}

int conv_fill_fields(struct fob_handle *handle, bool all)
{
    const struct provider_field **fields =
        calloc(handle->provider->field_count + 1, sizeof *fields);
    int code = FOB_SUCCESS;

    if (fields == NULL)
        return error_nomem();
    for (int try = 1;; try++) {
        size_t count = missing_fields(handle, all, fields);

        if (count == 0) {
            code = FOB_SUCCESS;
            break;
        }
        if (!conv_present(handle)) {
            code = default_fields(handle, fields, count);
            break;
        }
        code = ask_fields(handle, fields, count);
        if (code == FOB_CONVERSATION)
            code = default_fields(handle, fields, count);
        if (code != FOB_INVALID || try == TRIES)
            break;
        conv_tell(handle, FOB_TELL_WARNING, fob_error());
    }
    free(fields);
    return code;
}
