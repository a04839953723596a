/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The calling thread's last error, in fixed buffers, so that fob can also report running out of
 * memory. */
#include "config.h"

#include "util/error.h"

#include <fob/fob.h>

#include "util/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local char message[2048];
static _Thread_local char hint[1024];

/* Remove an incomplete UTF-8 character at the end. */
static void error_cut_partial(char *text)
{
    size_t size = strlen(text);
    size_t start = size;

    while (start > 0 && size - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0 &&
        !text_is_utf8(text + start - 1, size - start + 1))
        text[start - 1] = '\0';
}

/* Format into BUFFER, which an argument may point into.  Keeps errno. */
static void error_format_text(char *buffer, size_t room, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void error_format_text(char *buffer, size_t room, const char *format, va_list args)
{
    int saved = errno;
    char text[sizeof message];
    int size;

    if (room > sizeof text)
        room = sizeof text;
    size = vsnprintf(text, room, format, args);
    if (size < 0)
        text[0] = '\0';
    else if ((size_t)size >= room)
        error_cut_partial(text);
    text_make_printable(text);
    memcpy(buffer, text, strlen(text) + 1);
    errno = saved;
}

int error_set(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_format_text(message, sizeof message, format, args);
    va_end(args);
    hint[0] = '\0';
    return code;
}

int error_set_lines(int code, char *const *lines, size_t count)
{
    const size_t spare = sizeof "\nand 18446744073709551615 more";
    size_t used;

    error_set(code, "%s", count > 0 ? lines[0] : "");
    used = strlen(message);
    for (size_t i = 1; i < count; i++) {
        size_t size = strlen(lines[i]);

        if (size + 1 + spare > sizeof message - used) {
            /* The first line alone may have filled the buffer. */
            snprintf(message + used, sizeof message - used, "\nand %zu more", count - i);
            break;
        }
        message[used] = '\n';
        memcpy(message + used + 1, lines[i], size + 1);
        text_make_printable(message + used + 1);
        used += strlen(message + used);
    }
    return code;
}

static int error_code_of_errno(int number)
{
    switch (number) {
    case ENOMEM:
        return FOB_NOMEM;
    case EACCES:
    case EPERM:
        return FOB_NOT_ALLOWED;
    default:
        return FOB_SYSTEM;
    }
}

int error_system(const char *format, ...)
{
    int number = errno;
    char what[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    error_set(FOB_SYSTEM, "%s: %s", what, strerror(number));
    errno = number;
    return error_code_of_errno(number);
}

void error_set_nomem(void)
{
    error_set(FOB_NOMEM, "out of memory");
}

int error_null(const char *function, const char *argument)
{
    return error_set(FOB_INVALID, "%s: %s must not be NULL", function, argument);
}

int error_flags(const char *function, unsigned flags, unsigned known)
{
    if ((flags & ~known) == 0)
        return FOB_SUCCESS;
    return error_set(FOB_INVALID, "%s: does not take the flags 0x%x", function, flags & ~known);
}

void error_hint(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_format_text(hint, sizeof hint, format, args);
    va_end(args);
}

void error_clear(void)
{
    message[0] = '\0';
    hint[0] = '\0';
}

int error_repeat(int code, const char *error, const char *next)
{
    snprintf(message, sizeof message, "%s", error);
    snprintf(hint, sizeof hint, "%s", next);
    return code;
}

void error_save(struct saved_error *saved)
{
    *saved = (struct saved_error){ strdup(message), strdup(hint) };
}

void error_restore(struct saved_error *saved, int code)
{
    error_repeat(code, saved->error != NULL ? saved->error : "",
                 saved->hint != NULL ? saved->hint : "");
    free(saved->error);
    free(saved->hint);
}

const char *fob_error(void)
{
    return message;
}

const char *fob_error_hint(void)
{
    return hint;
}
