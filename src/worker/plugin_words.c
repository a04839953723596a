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

/* Send a mistake in NODE of OPTION's tree, or for 0 in OPTION. */
static void plugin_send_mistake(struct fob_handle *handle, const char *option, uint32_t node,
                                const char *text)
{
    frame_begin(handle->socket, FRAME_MISTAKE, handle->call);
    if (option != NULL && text_is_utf8(option, strlen(option)))
        frame_put_text(handle->socket, FRAME_OPTION, option);
    if (node > 0)
        frame_put_number(handle->socket, FRAME_NODE, node, 4);
    frame_put_text(handle->socket, FRAME_TEXT, text);
    plugin_send(handle);
}

static bool plugin_may_judge(const struct fob_handle *handle)
{
    return plugin_is_here(handle) && handle->hook == FRAME_HOOK_CHECK;
}

void fob_mistake(struct fob_handle *handle, const char *option, const char *format, ...)
{
    char text[PLUGIN_TEXT];
    va_list args;

    if (!plugin_may_judge(handle) || format == NULL)
        return;
    va_start(args, format);
    plugin_format(handle, text, format, args);
    va_end(args);
    plugin_send_mistake(handle, option, 0, text);
}

void fob_node_mistake(struct fob_handle *handle, const struct fob_node *node, const char *format,
                      ...)
{
    char text[PLUGIN_TEXT];
    uint32_t number = 0;
    const char *option;
    va_list args;

    if (!plugin_may_judge(handle) || format == NULL)
        return;
    va_start(args, format);
    plugin_format(handle, text, format, args);
    va_end(args);
    option = plugin_find_node(handle, node, &number);
    plugin_send_mistake(handle, option, number, text);
}
