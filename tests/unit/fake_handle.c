/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The functions of fob/plugin.h on a handle that is only a struct. */
#include "config.h"

#include "fake_handle.h"

#include "worker/plugin_certificate.h"
#include "worker/plugin_rehearse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static void put(struct fake_field *list, size_t *count, const char *name, struct fob_secret *value)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcasecmp(list[i].name, name) == 0) {
            fob_secret_free(list[i].value);
            list[i].value = value;
            return;
        }
    }
    if (*count == FAKE_MAX)
        abort();
    list[(*count)++] = (struct fake_field){ name, value };
}

void fake_put_field(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    struct fob_secret *secret = NULL;

    if (fob_secret_new(value, size, &secret) != FOB_SUCCESS)
        abort();
    put(handle->fields, &handle->field_count, name, secret);
}

void fake_clear(struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->field_count; i++)
        fob_secret_free(handle->fields[i].value);
    for (size_t i = 0; i < handle->header_count; i++)
        fob_secret_free(handle->headers[i].value);
    for (size_t i = 0; i < handle->parameter_count; i++)
        fob_secret_free(handle->query[i].value);
    fob_secret_free(handle->chain);
    fob_secret_free(handle->key);
    *handle = (struct fob_handle){ 0 };
}

const struct fob_secret *fob_field(const struct fob_handle *handle, const char *name)
{
    for (size_t i = 0; i < handle->field_count; i++) {
        if (strcmp(handle->fields[i].name, name) == 0)
            return handle->fields[i].value;
    }
    return NULL;
}

const struct fob_caller *fob_caller(const struct fob_handle *handle)
{
    static const struct fob_caller caller;

    return handle != NULL ? &caller : NULL;
}

const char *fob_option_text(const struct fob_handle *handle, const char *name)
{
    if (strcmp(name, "base_url") == 0)
        return handle->base_url;
    if (strcmp(name, "retry_at") == 0)
        return handle->retry_at;
    return strcmp(name, "ca_file") == 0 ? handle->ca_file : NULL;
}

const char *fob_base_url(const struct fob_handle *handle)
{
    return handle->base_url;
}

int64_t fob_option_number(const struct fob_handle *handle, const char *name)
{
    if (strcmp(name, "timeout") == 0)
        return handle->timeout;
    return strcmp(name, "retries") == 0 ? handle->retries : 0;
}

const char *fob_option_member(const struct fob_handle *handle, const char *name, size_t index,
                              const char *key)
{
    static const char *const keys[] = { "status", "at", "is", "code", "say" };

    for (size_t i = 0; strcmp(name, "answers") == 0 && index < handle->answer_count && i < 5; i++) {
        if (strcmp(key, keys[i]) == 0)
            return handle->answers[index][i];
    }
    return NULL;
}

/* There is none. */
const struct fob_secret *fob_token(const struct fob_handle *handle, const char *name, int64_t *ends)
{
    (void)handle;
    (void)name;
    (void)ends;
    return NULL;
}

const char *fob_provider_name(const struct fob_handle *handle)
{
    (void)handle;
    return "fake";
}

int fob_set_identity(struct fob_handle *handle, const char *id, const char *name)
{
    if (id[0] == '\0' || strlen(id) >= sizeof handle->id)
        return FOB_INVALID;
    snprintf(handle->id, sizeof handle->id, "%s", id);
    snprintf(handle->identity, sizeof handle->identity, "%s", name);
    return FOB_SUCCESS;
}

static void __attribute__((format(printf, 3, 0)))
note(char *text, size_t size, const char *format, va_list args)
{
    size_t used = strlen(text);

    vsnprintf(text + used, size - used, format, args);
}

void fob_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format, ...)
{
    va_list args;

    (void)kind;
    va_start(args, format);
    note(handle->told, sizeof handle->told, format, args);
    va_end(args);
}

void fob_log(struct fob_handle *handle, enum fob_log_level level, const char *format, ...)
{
    va_list args;

    (void)level;
    va_start(args, format);
    note(handle->log, sizeof handle->log, format, args);
    va_end(args);
}

void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
{
    char text[512] = "";
    va_list args;

    va_start(args, format);
    note(text, sizeof text, format, args);
    va_end(args);
    fob_log(handle, 0, "%s: %s", option, text);
}

void fob_item_mistake(struct fob_handle *handle, const char *option, size_t index, const char *key,
                      const char *format, ...)
{
    char text[512] = "";
    va_list args;

    va_start(args, format);
    note(text, sizeof text, format, args);
    va_end(args);
    fob_log(handle, 0, "%s: %zu: %s: %s", option, index, key, text);
}

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    va_list args;

    if (handle == NULL)
        return code;
    handle->code = code;
    handle->error[0] = '\0';
    handle->hint[0] = '\0';
    va_start(args, format);
    note(handle->error, sizeof handle->error, format, args);
    va_end(args);
    return code;
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    va_list args;

    handle->hint[0] = '\0';
    va_start(args, format);
    note(handle->hint, sizeof handle->hint, format, args);
    va_end(args);
}

int fob_add_header(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    struct fob_secret *secret = NULL;
    int code = fob_secret_new(value, size, &secret);

    if (code == FOB_SUCCESS)
        put(handle->headers, &handle->header_count, name, secret);
    return code;
}

int fob_header(const struct fob_handle *handle, size_t index, const char **name,
               const struct fob_secret **value)
{
    if (index >= handle->header_count)
        return FOB_NOT_FOUND;
    *name = handle->headers[index].name;
    *value = handle->headers[index].value;
    return FOB_SUCCESS;
}

int fob_add_query(struct fob_handle *handle, const char *name, const void *value, size_t size)
{
    struct fob_secret *secret = NULL;
    int code = fob_secret_new(value, size, &secret);

    if (code == FOB_SUCCESS)
        put(handle->query, &handle->parameter_count, name, secret);
    return code;
}

int fob_query_parameter(const struct fob_handle *handle, size_t index, const char **name,
                        const struct fob_secret **value)
{
    if (index >= handle->parameter_count)
        return FOB_NOT_FOUND;
    *name = handle->query[index].name;
    *value = handle->query[index].value;
    return FOB_SUCCESS;
}

int fob_certificate(const struct fob_handle *handle, const struct fob_secret **chain,
                    const struct fob_secret **key)
{
    if (handle->key == NULL)
        return FOB_NOT_FOUND;
    *chain = handle->chain;
    *key = handle->key;
    return FOB_SUCCESS;
}

int plugin_put_certificate(struct fob_handle *handle, const struct fob_secret *chain,
                           const struct fob_secret *key)
{
    fob_secret_free(handle->chain);
    fob_secret_free(handle->key);
    if (fob_secret_new(fob_secret_data(chain), fob_secret_size(chain), &handle->chain) !=
            FOB_SUCCESS ||
        fob_secret_new(fob_secret_data(key), fob_secret_size(key), &handle->key) != FOB_SUCCESS)
        abort();
    return FOB_SUCCESS;
}

/* Waits as the core does. */
int fob_begin_call(struct fob_handle *handle, int64_t pause)
{
    struct timespec wait = { (time_t)(pause / 1000), (long)(pause % 1000) * 1000000 };

    nanosleep(&wait, NULL);
    if (handle->refuse_from != 0 && handle->begun + 1 >= handle->refuse_from)
        return fob_fail(handle, handle->refusal, "not its turn");
    handle->begun++;
    return FOB_SUCCESS;
}

void fob_end_call(struct fob_handle *handle, bool answered, int64_t retry_after)
{
    handle->ended++;
    handle->answered = answered;
    handle->retry_after = retry_after;
}

bool fob_is_over(const struct fob_handle *handle)
{
    return handle->over;
}

bool plugin_is_rehearsed(const struct fob_handle *handle)
{
    (void)handle;
    return false;
}

bool plugin_is_recorded(const struct fob_handle *handle)
{
    (void)handle;
    return false;
}

void plugin_record(struct fob_handle *handle, const struct plugin_received *received)
{
    (void)handle;
    (void)received;
}

int plugin_rehearse(struct fob_handle *handle, const struct plugin_rehearsed *request,
                    struct plugin_answer *answer)
{
    (void)request;
    (void)answer;
    return fob_fail(handle, FOB_INVALID, "nothing is rehearsed");
}
