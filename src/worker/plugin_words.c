/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The messages of a hook: to a person, to the log, errors, and mistakes in options. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/error.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Replace bytes that are not UTF-8. */
static void plugin_make_utf8(char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        uint32_t character;
        size_t length = text_character(text, left, &character);

        if (length == 0)
            *text = '?';
        length = length > 0 ? length : 1;
        text += length;
        left -= length;
    }
}

static void plugin_format(const struct fob_handle *handle, char text[static PLUGIN_TEXT],
                          const char *format, va_list args) __attribute__((format(printf, 3, 0)));

static void plugin_format(const struct fob_handle *handle, char text[static PLUGIN_TEXT],
                          const char *format, va_list args)
{
    vsnprintf(text, PLUGIN_TEXT, format, args);
    (void)plugin_mask(handle, text);
    plugin_make_utf8(text);
}

/* Send TEXT in a frame of TYPE; NUMBER is its kind or level. */
static void plugin_send_words(struct fob_handle *handle, enum frame_type type, unsigned number,
                              const char *text)
{
    frame_begin(handle->socket, type, handle->call);
    frame_put_number(handle->socket, type == FRAME_LOG ? FRAME_LEVEL : FRAME_KIND, (int64_t)number,
                     1);
    frame_put_text(handle->socket, FRAME_TEXT, text);
    plugin_send(handle);
}

void fob_tell(struct fob_handle *handle, enum fob_message_kind kind, const char *format, ...)
{
    char text[PLUGIN_TEXT];
    va_list args;

    if (!plugin_is_here(handle) || format == NULL || kind < FOB_TELL_GUIDE ||
        kind > FOB_TELL_WARNING)
        return;
    va_start(args, format);
    plugin_format(handle, text, format, args);
    va_end(args);
    plugin_send_words(handle, FRAME_TELL, kind, text);
}

void fob_log(struct fob_handle *handle, enum fob_log_level level, const char *format, ...)
{
    char text[PLUGIN_TEXT];
    va_list args;

    if (!plugin_is_here(handle) || format == NULL ||
        (int64_t)(unsigned)level > frame_number(handle->items, FRAME_LEVEL, -1))
        return;
    va_start(args, format);
    plugin_format(handle, text, format, args);
    va_end(args);
    plugin_send_words(handle, FRAME_LOG, level, text);
}

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    char text[PLUGIN_TEXT];
    va_list args;

    NEED(format);
    va_start(args, format);
    plugin_format(handle, text, format, args);
    va_end(args);
    return error_set(code, "%s", text);
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    char text[PLUGIN_TEXT];
    va_list args;

    if (format == NULL)
        return;
    va_start(args, format);
    plugin_format(handle, text, format, args);
    va_end(args);
    error_hint("%s", text);
}

/* A mistake in NODE of OPTION's tree or list, or for 0 in OPTION; or in FIELD. */
struct plugin_mistake {
    const char *option;
    uint32_t node;
    const char *field;
    bool warning;
};

static void plugin_report(struct fob_handle *handle, const struct plugin_mistake *mistake,
                          const char *format, va_list args) __attribute__((format(printf, 3, 0)));

static void plugin_report(struct fob_handle *handle, const struct plugin_mistake *mistake,
                          const char *format, va_list args)
{
    char text[PLUGIN_TEXT];

    plugin_format(handle, text, format, args);
    frame_begin(handle->socket, FRAME_MISTAKE, handle->call);
    if (mistake->option != NULL && text_is_utf8(mistake->option, strlen(mistake->option)))
        frame_put_text(handle->socket, FRAME_OPTION, mistake->option);
    if (mistake->node > 0)
        frame_put_number(handle->socket, FRAME_NODE, mistake->node, 4);
    if (mistake->field != NULL && text_is_utf8(mistake->field, strlen(mistake->field)))
        frame_put_text(handle->socket, FRAME_ASKED, mistake->field);
    frame_put_text(handle->socket, FRAME_TEXT, text);
    if (mistake->warning)
        frame_put(handle->socket, FRAME_WARNING, NULL, 0);
    plugin_send(handle);
}

static bool plugin_may_judge(const struct fob_handle *handle)
{
    return plugin_is_here(handle) && handle->hook == FRAME_HOOK_CHECK;
}

void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
{
    const struct plugin_mistake mistake = { .option = option };
    va_list args;

    if (!plugin_may_judge(handle) || format == NULL)
        return;
    va_start(args, format);
    plugin_report(handle, &mistake, format, args);
    va_end(args);
}

void fob_item_mistake(struct fob_handle *handle, const char *option, size_t index, const char *key,
                      const char *format, ...)
{
    struct plugin_mistake mistake = { .option = option };
    va_list args;

    if (!plugin_may_judge(handle) || option == NULL || format == NULL)
        return;
    mistake.node = plugin_find_item(handle, option, index, key);
    va_start(args, format);
    plugin_report(handle, &mistake, format, args);
    va_end(args);
}

void fob_field_mistake(struct fob_handle *handle, const char *field, const char *format, ...)
{
    const struct plugin_mistake mistake = { .field = field };
    va_list args;

    if (!plugin_may_judge(handle) || format == NULL)
        return;
    va_start(args, format);
    plugin_report(handle, &mistake, format, args);
    va_end(args);
}

static void plugin_report_node(struct fob_handle *handle, const struct fob_node *node, bool warning,
                               const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

static void plugin_report_node(struct fob_handle *handle, const struct fob_node *node, bool warning,
                               const char *format, va_list args)
{
    struct plugin_mistake mistake = { .warning = warning };

    if (!plugin_may_judge(handle) || format == NULL)
        return;
    mistake.option = plugin_find_node(handle, node, &mistake.node);
    plugin_report(handle, &mistake, format, args);
}

void fob_node_mistake(struct fob_handle *handle, const struct fob_node *node, const char *format,
                      ...)
{
    va_list args;

    va_start(args, format);
    plugin_report_node(handle, node, false, format, args);
    va_end(args);
}

void fob_node_warning(struct fob_handle *handle, const struct fob_node *node, const char *format,
                      ...)
{
    va_list args;

    va_start(args, format);
    plugin_report_node(handle, node, true, format, args);
    va_end(args);
}
