/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Implements the functions of fob/plugin.h, which hooks call with their handle. */
#include "config.h"

#include "core/session/handle.h"

#include "core/session/conv.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether getters return values: not for NULL, and not in a forked child of the hook's process. */
static bool api_is_here(const struct fob_handle *handle)
{
    return handle != NULL && !handle_is_lost(handle);
}

#define IDENTITY_MAX 255
#define TEXT_MAX 4096

const char *fob_provider_name(const struct fob_handle *handle)
{
    return api_is_here(handle) ? handle->provider_name : "";
}

const char *fob_account_name(const struct fob_handle *handle)
{
    return api_is_here(handle) ? handle->account : "";
}

const char *fob_account_label(const struct fob_handle *handle, enum fob_text which)
{
    const struct record *record;

    if (!api_is_here(handle))
        return "";
    record = handle->stored != NULL ? handle->stored : handle->candidate;
    return record != NULL && (unsigned)which < FOB_TEXT_COUNT ? record_text(record, which) : "";
}

const char *fob_field_name(const struct fob_handle *handle, size_t index, bool *secret)
{
    struct record_field field;

    if (!api_is_here(handle) || handle->candidate == NULL ||
        index >= record_field_count(handle->candidate))
        return NULL;
    record_field_at(handle->candidate, index, &field);
    if (secret != NULL)
        *secret = field.secret;
    return field.name;
}

const struct fob_secret *fob_field(const struct fob_handle *handle, const char *name)
{
    /* Only the list of lent values changes, which callers cannot see. */
    struct fob_handle *lender = (struct fob_handle *)(uintptr_t)handle;
    struct fob_secret **more;
    struct fob_secret *value;
    struct record_field field;

    if (!api_is_here(handle) || name == NULL || handle->candidate == NULL ||
        record_find_field(handle->candidate, name, &field) != FOB_SUCCESS)
        return NULL;
    more = reallocarray(lender->borrowed, lender->borrowed_count + 1, sizeof *more);
    if (more == NULL)
        return NULL;
    lender->borrowed = more;
    if (fob_secret_new(field.value, field.size, &value) != FOB_SUCCESS)
        return NULL;
    lender->borrowed[lender->borrowed_count++] = value;
    return value;
}

int fob_put_field(struct fob_handle *handle, const char *name, const void *value, size_t size,
                  bool secret)
{
    char what[TEXT_UNSEEN];

    NEED_HANDLE(handle);
    NEED(name);
    if (size > 0)
        NEED(value);
    if (handle->plugin == NULL || handle->hook != HOOK_LINK)
        return error_set(FOB_INVALID, "a field can be put only by a link hook");
    if (handle_finds_unseen(handle, value, size, what))
        return error_set(FOB_INVALID, "field %s: it %s", name, what);
    return record_set_field(handle->candidate, name, value, size, secret);
}

static const struct option_value *plugin_api_find_option(const struct fob_handle *handle,
                                                         const char *name)
{
    const struct option_value *value =
        api_is_here(handle) && name != NULL && handle->options != NULL
            ? schema_find(handle->options, name)
            : NULL;

    return value != NULL && value->set ? value : NULL;
}

const char *fob_option_text(const struct fob_handle *handle, const char *name)
{
    const struct option_value *value = plugin_api_find_option(handle, name);

    if (value == NULL)
        return NULL;
    switch (value->option->type) {
    case FOB_OPTION_STRING:
    case FOB_OPTION_ENUM:
    case FOB_OPTION_PATH:
    case FOB_OPTION_URL:
    case FOB_OPTION_LIST:
        return value->text;
    default:
        return NULL;
    }
}

int64_t fob_option_number(const struct fob_handle *handle, const char *name)
{
    const struct option_value *value = plugin_api_find_option(handle, name);

    return value != NULL && value->option->type != FOB_OPTION_BOOLEAN ? value->number : 0;
}

bool fob_option_flag(const struct fob_handle *handle, const char *name)
{
    const struct option_value *value = plugin_api_find_option(handle, name);

    return value != NULL && value->option->type == FOB_OPTION_BOOLEAN && value->number != 0;
}

const char *fob_option_item(const struct fob_handle *handle, const char *name, size_t index)
{
    const struct option_value *value = plugin_api_find_option(handle, name);

    if (value == NULL || value->option->type != FOB_OPTION_LIST || value->list == NULL ||
        index >= value->list->count)
        return NULL;
    return value->list->values[index]->text;
}

const char *fob_option_member(const struct fob_handle *handle, const char *name, size_t index,
                              const char *key)
{
    const struct option_value *value = plugin_api_find_option(handle, name);
    const struct yaml_node *member = NULL;

    if (value != NULL && key != NULL && value->option->type == FOB_OPTION_MAPS &&
        index < value->list->count)
        member = yaml_get(value->list->values[index], key);
    return member != NULL ? member->text : NULL;
}

int fob_open_trusted(struct fob_handle *handle, const char *path, int *fd)
{
    NEED_HANDLE(handle);
    NEED(path);
    NEED(fd);
    return path_open_trusted(path, 0, fd);
}

void fob_set_expiry(struct fob_handle *handle, int64_t when)
{
    if (api_is_here(handle) && handle->plugin != NULL && handle->hook == HOOK_LINK)
        record_set_time(handle->candidate, FOB_TIME_EXPIRES, when);
}

/* Secrets are masked in plugins' messages, which may repeat a secret or quote an answer that does.
 * Shorter values are not masked: they occur in every text. */
#define MASKED_MIN 4
/* A secret's beginning of at least this size is masked too, because a text may have been cut. */
#define MASKED_PART 8

/* The number of bytes at TEXT that reveal the SIZE bytes at SECRET. */
static size_t api_revealed_by(const char *text, const char *secret, size_t size)
{
    size_t same = 0;

    if (size < MASKED_MIN)
        return 0;
    while (same < size && text[same] != '\0' && text[same] == secret[same])
        same++;
    return same == size || same >= MASKED_PART ? same : 0;
}

/* The same for the credential in a header's value: everything after its scheme. */
static size_t api_revealed_by_header(const char *text, const struct fob_secret *value)
{
    const char *data = fob_secret_data(value);
    const size_t size = fob_secret_size(value);
    const char *blank = memchr(data, ' ', size);
    const size_t scheme = blank != NULL ? (size_t)(blank - data) + 1 : 0;

    return api_revealed_by(text, data + scheme, size - scheme);
}

/* The number of bytes at TEXT that reveal a secret field, or the credential as it is in a header.
 */
static size_t api_revealed_at(const struct fob_handle *handle, const char *text)
{
    size_t most = 0;

    for (size_t i = 0; i < record_field_count(handle->candidate); i++) {
        struct record_field field;
        size_t told;

        record_field_at(handle->candidate, i, &field);
        told = field.secret ? api_revealed_by(text, field.value, field.size) : 0;
        most = told > most ? told : most;
    }
    for (size_t i = 0; i < handle->header_count; i++) {
        size_t told = api_revealed_by_header(text, handle->headers[i].value);

        most = told > most ? told : most;
    }
    return most;
}

/* Whether anything in TEXT was masked. */
static bool api_mask_secrets(const struct fob_handle *handle, char *text)
{
    bool masked = false;

    if (!api_is_here(handle) || handle->candidate == NULL)
        return false;
    while (*text != '\0') {
        size_t told = api_revealed_at(handle, text);

        memset(text, '*', told);
        masked |= told > 0;
        text += told > 0 ? told : 1;
    }
    return masked;
}

static void api_format_masked(const struct fob_handle *handle, char text[static TEXT_MAX],
                              const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void api_format_masked(const struct fob_handle *handle, char text[static TEXT_MAX],
                              const char *format, va_list args)
{
    vsnprintf(text, TEXT_MAX, format, args);
    (void)api_mask_secrets(handle, text);
}

/* Refuse an id that contains a secret: masked, it would change with each secret. */
static int api_check_id(const struct fob_handle *handle, const char *id)
{
    const size_t size = strlen(id);
    char *copy;
    bool secret;

    if (size == 0 || size > IDENTITY_MAX || text_has_control(id, size) || !text_is_utf8(id, size))
        return error_set(FOB_INVALID, "the provider's id of the account is not usable");
    copy = strdup(id);
    if (copy == NULL)
        return error_nomem();
    secret = api_mask_secrets(handle, copy);
    free(copy);
    return secret ? error_set(FOB_INVALID, "the provider's id of the account has a secret in it")
                  : FOB_SUCCESS;
}

/* Make NAME for people: mask secrets before cutting it, because half a secret is a secret too. */
static char *api_make_shown_name(const struct fob_handle *handle, const char *name)
{
    char *shown = strdup(name);

    if (shown == NULL)
        return NULL;
    (void)api_mask_secrets(handle, shown);
    if (strlen(shown) > IDENTITY_MAX)
        shown[IDENTITY_MAX] = '\0';
    text_make_printable(shown);
    return shown;
}

int fob_set_identity(struct fob_handle *handle, const char *id, const char *name)
{
    char *shown;
    int code;

    NEED_HANDLE(handle);
    NEED(id);
    NEED(name);
    if (handle->plugin == NULL)
        return error_set(FOB_INVALID, "%s: only a hook can call this", __func__);
    code = api_check_id(handle, id);
    if (code != FOB_SUCCESS)
        return code;
    shown = api_make_shown_name(handle, name);
    if (shown == NULL)
        return error_nomem();
    code = record_set_text(handle->candidate, FOB_TEXT_REMOTE_ID, id);
    if (code == FOB_SUCCESS)
        code = record_set_text(handle->candidate, FOB_TEXT_REMOTE_NAME, shown);
    free(shown);
    return code;
}

/* Copy COUNT messages of a plugin, whose fob/conversation.h may be another. */
static int api_copy_messages(const struct fob_message *const *messages, size_t count,
                             struct fob_message *copies, const struct fob_message **pointers)
{
    for (size_t i = 0; i < count; i++) {
        const char *fault = sized_copy(&copies[i], sizeof copies[i], messages[i]);

        if (fault != NULL)
            return error_set(FOB_INVALID, "fob_converse: message %zu %s", i, fault);
        if ((unsigned)copies[i].kind > FOB_TELL_WARNING || copies[i].text == NULL)
            return error_set(FOB_INVALID, "fob_converse: message %zu has no such kind, or no text",
                             i);
        pointers[i] = &copies[i];
    }
    return FOB_SUCCESS;
}

int fob_converse(struct fob_handle *handle, const struct fob_message *const *messages, size_t count,
                 struct fob_secret **replies)
{
    struct fob_message *copies;
    const struct fob_message **pointers;
    int code;

    NEED_HANDLE(handle);
    if (count > 0)
        NEED(messages);
    copies = calloc(count + 1, sizeof *copies);
    pointers = calloc(count + 1, sizeof *pointers);
    code = copies == NULL || pointers == NULL
               ? error_nomem()
               : api_copy_messages(messages, count, copies, pointers);
    if (code == FOB_SUCCESS)
        code = conv_exchange(&handle->conv, pointers, count, replies);
    free(pointers);
    free(copies);
    return code;
}

void fob_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    if (!api_is_here(handle) || format == NULL || kind < FOB_TELL_GUIDE || kind > FOB_TELL_WARNING)
        return;
    va_start(args, format);
    api_format_masked(handle, text, format, args);
    va_end(args);
    conv_tell(handle, kind, text);
}

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    NEED(format);
    va_start(args, format);
    api_format_masked(handle, text, format, args);
    va_end(args);
    return error_set(code, "%s", text);
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    if (format == NULL)
        return;
    va_start(args, format);
    api_format_masked(handle, text, format, args);
    va_end(args);
    error_hint("%s", text);
}

void fob_log(struct fob_handle *handle, enum fob_log_level level, const char *format, ...)
{
    char part[3 * FOB_NAME_MAX + 3];
    char text[TEXT_MAX];
    va_list args;

    if (!api_is_here(handle) || format == NULL || (unsigned)level > FOB_LOG_TRACE ||
        !context_logs(handle->context, level))
        return;
    snprintf(part, sizeof part, "%s/%s/%s", handle->provider_name, hook_name(handle->hook),
             handle->plugin != NULL ? handle->plugin->declaration->name : "-");
    va_start(args, format);
    api_format_masked(handle, text, format, args);
    va_end(args);
    text_make_printable(text);
    context_log(handle->context, level, part, "%s", text);
}

static struct plugin_data *api_find_data(const struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->data_count; i++) {
        if (handle->data[i].plugin == handle->plugin)
            return &handle->data[i];
    }
    return NULL;
}

int fob_set_data(struct fob_handle *handle, void *data, void (*destroy)(void *data))
{
    struct plugin_data *slot;

    NEED_HANDLE(handle);
    slot = api_find_data(handle);
    if (slot == NULL) {
        struct plugin_data *more = reallocarray(handle->data, handle->data_count + 1, sizeof *more);

        if (more == NULL)
            return error_nomem();
        handle->data = more;
        slot = &more[handle->data_count++];
    } else if (slot->destroy != NULL) {
        slot->destroy(slot->data);
    }
    *slot = (struct plugin_data){ handle->plugin, data, destroy };
    return FOB_SUCCESS;
}

void *fob_get_data(const struct fob_handle *handle)
{
    const struct plugin_data *slot = api_is_here(handle) ? api_find_data(handle) : NULL;

    return slot != NULL ? slot->data : NULL;
}
