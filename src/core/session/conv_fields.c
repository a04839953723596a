/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks a person for the fields of a credential. */
#include "config.h"

#include "core/session/conv.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 3

/* Find the stored value of FIELD, which an empty reply keeps.  False when there is none. */
static bool conv_find_old(const struct record *stored, const struct provider_field *field,
                          struct record_field *old)
{
    return stored != NULL && record_find_field(stored, field->public.name, old) == FOB_SUCCESS;
}

/* The question for FIELD.  STORED has the values that empty replies keep, or is NULL. */
static struct fob_message conv_field_message(const struct provider_field *field,
                                             const struct record *stored)
{
    const struct fob_provider_field *public = &field->public;
    const char *value = public->value[0] != '\0' ? public->value : NULL;
    struct record_field old;

    if (conv_find_old(stored, field, &old))
        value = public->secret || old.secret ? "unchanged" : old.value;
    return (struct fob_message){
        .size = sizeof(struct fob_message),
        .kind = public->secret ? FOB_ASK_SECRET : FOB_ASK_TEXT,
        .name = public->name,
        .text = public->title,
        .description = public->description[0] != '\0' ? public->description : NULL,
        .example = public->example[0] != '\0' ? public->example : NULL,
        .value = value,
    };
}

/* Ask whether an invisible character belongs in a value. */
static int conv_confirm_unseen(struct fob_handle *handle, const struct provider_field *field,
                               const char *what)
{
    char text[FOB_NAME_MAX + TEXT_UNSEEN + 32];
    struct fob_secret *reply = NULL;
    int code;

    snprintf(text, sizeof text, "%.64s: it %s. Keep that?", field->public.title, what);
    code = conv_exchange_one(&handle->conv, &CONV_MESSAGE(.kind = FOB_ASK_CONFIRM, .text = text),
                             &reply);
    if (code == FOB_SUCCESS && strcmp(fob_secret_data(reply), "yes") != 0)
        code = FOB_CONVERSATION;
    fob_secret_free(reply);
    if (code == FOB_CONVERSATION)
        code = error_set(FOB_INVALID, "%s: it %s", field->public.title, what);
    return code;
}

/* Put VALUE into INPUT and CANDIDATE; an optional field without a value is left out. */
static int conv_put_value(struct fob_handle *handle, const struct provider_field *field,
                          const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);
    const size_t size = fob_secret_size(value);
    char what[TEXT_UNSEEN];
    int code = provider_check_value(handle->provider, field, data, size);

    if (code == FOB_SUCCESS && handle_finds_unseen(handle, data, size, what))
        code = conv_confirm_unseen(handle, field, what);
    if (code != FOB_SUCCESS || size == 0)
        return code;
    code = handle_set_input(handle, field, data, size);
    if (code == FOB_SUCCESS)
        code = record_set_field(handle->candidate, field->public.name, data, size,
                                field->public.secret);
    return code;
}

/* Put one value as it was typed.  An empty value means the default. */
static int conv_set_value(struct fob_handle *handle, const struct provider_field *field,
                          const char *value, size_t size)
{
    struct fob_secret *clean = NULL;
    int code;

    if (size == 0) {
        value = field->public.value;
        size = strlen(value);
    }
    code = provider_clean_value(field, value, size, &clean);
    if (code == FOB_SUCCESS)
        code = conv_put_value(handle, field, clean);
    fob_secret_free(clean);
    return code;
}

/* Collect the fields without a value in FIELDS, which ends with NULL and has room for all. */
static void conv_missing_fields(const struct fob_handle *handle, bool all,
                                const struct provider_field **fields)
{
    size_t count;
    const struct provider_field *list = handle_fields(handle, &count);

    for (size_t i = 0; i < count; i++) {
        const struct provider_field *field = &list[i];
        const struct record *known = all ? handle->input : handle->candidate;
        struct record_field found;

        if (known == NULL || record_find_field(known, field->public.name, &found) != FOB_SUCCESS)
            *fields++ = field;
    }
    *fields = NULL;
}

/* Accept the reply for one field. */
static int conv_accept_reply(struct fob_handle *handle, const struct provider_field *field,
                             const struct record *stored, const struct fob_secret *reply)
{
    struct record_field old;

    if (fob_secret_size(reply) == 0 && conv_find_old(stored, field, &old))
        return handle_set_input(handle, field, old.value, old.size);
    return conv_set_value(handle, field, fob_secret_data(reply), fob_secret_size(reply));
}

/* Accept the valid replies; FIELDS keeps the fields of the others.  If there are MORE tries, show
 * the person why. */
static int conv_accept_replies(struct fob_handle *handle, const struct provider_field **fields,
                               const struct record *stored, struct fob_secret **replies, bool more)
{
    const struct provider_field **refused = fields;
    int result = FOB_SUCCESS;

    for (size_t i = 0; fields[i] != NULL; i++) {
        int code = conv_accept_reply(handle, fields[i], stored, replies[i]);

        if (code == FOB_SUCCESS)
            continue;
        if (code != FOB_INVALID || !more)
            return code;
        conv_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
        *refused++ = fields[i];
        result = code;
    }
    *refused = NULL;
    return result;
}

/* Ask for FIELDS, which end with NULL. */
static int conv_ask_fields(struct fob_handle *handle, const struct provider_field **fields,
                           const struct record *stored, bool more)
{
    size_t count = 0;
    struct fob_message *messages;
    const struct fob_message **pointers;
    struct fob_secret **replies;
    int code;

    while (fields[count] != NULL)
        count++;
    messages = calloc(count, sizeof *messages);
    pointers = calloc(count, sizeof *pointers);
    replies = calloc(count, sizeof *replies);
    if (messages == NULL || pointers == NULL || replies == NULL) {
        code = error_nomem();
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        messages[i] = conv_field_message(fields[i], stored);
        pointers[i] = &messages[i];
    }
    code = conv_exchange(&handle->conv, pointers, count, replies);
    if (code == FOB_SUCCESS)
        code = conv_accept_replies(handle, fields, stored, replies, more);
out:
    if (replies != NULL)
        conv_free_replies(replies, count);
    free(replies);
    free(pointers);
    free(messages);
    return code;
}

/* Without a person: use the defaults, or report the first missing field. */
static int conv_default_fields(struct fob_handle *handle, const struct provider_field **fields)
{
    for (; *fields != NULL; fields++) {
        const char *name = (*fields)->public.name;
        int code;

        if ((*fields)->public.value[0] == '\0' && !(*fields)->public.optional) {
            error_set(FOB_CONVERSATION, "%s: no value for the field %s, and nobody to ask",
                      handle->account, name);
            error_hint("give it with --stdin or --field-file %s=PATH, or run it on a terminal",
                       name);
            return FOB_CONVERSATION;
        }
        code = conv_set_value(handle, *fields, "", 0);
        if (code != FOB_SUCCESS)
            return code;
    }
    return FOB_SUCCESS;
}

/* Ask for FIELDS until all are valid, or use their defaults.  STORED has the values that empty
 * replies keep, or is NULL. */
static int conv_fill_list(struct fob_handle *handle, const struct provider_field **fields,
                          const struct record *stored)
{
    int code = FOB_SUCCESS;

    if (!conv_present(handle))
        return conv_default_fields(handle, fields);
    for (int try = 1; fields[0] != NULL; try++) {
        code = conv_ask_fields(handle, fields, stored, try < TRIES);
        if (code == FOB_CONVERSATION)
            code = conv_default_fields(handle, fields);
        if (code != FOB_INVALID || try == TRIES)
            break;
    }
    return code;
}

int conv_fill_fields(struct fob_handle *handle, bool all)
{
    const struct provider_field **fields;
    size_t count;
    int code;

    (void)handle_fields(handle, &count);
    fields = calloc(count + 1, sizeof *fields);
    if (fields == NULL)
        return error_nomem();
    conv_missing_fields(handle, all, fields);
    code = conv_fill_list(handle, fields, all ? handle->stored : NULL);
    free(fields);
    return code;
}

/* Whether the secret FIELD is still the stored one, and nobody gave it now; an empty reply, which
 * only a person who is asked for ALL fields can give, keeps it. */
static bool conv_is_kept(const struct fob_handle *handle, const struct provider_field *field,
                         bool all)
{
    struct record_field given;
    struct record_field old;

    if (!field->public.secret || !conv_find_old(handle->stored, field, &old))
        return false;
    if (handle->input == NULL ||
        record_find_field(handle->input, field->public.name, &given) != FOB_SUCCESS)
        return true;
    return all && secret_equal(given.value, given.size, old.value, old.size);
}

int conv_ask_kept_secrets(struct fob_handle *handle, bool all)
{
    const struct provider_field **fields =
        calloc(handle->provider->field_count + 1, sizeof *fields);
    size_t count = 0;
    int code;

    if (fields == NULL)
        return error_nomem();
    for (size_t i = 0; i < handle->provider->field_count; i++) {
        if (conv_is_kept(handle, &handle->provider->fields[i], all))
            fields[count++] = &handle->provider->fields[i];
    }
    code = conv_fill_list(handle, fields, NULL);
    free(fields);
    return code;
}
