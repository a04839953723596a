/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* How libfob-http tells an application that it only serves hooks. */
#include "config.h"

#include "util/error.h"

#include <fob/plugin.h>

#include <stdarg.h>
#include <stdio.h>

#define TEXT_MAX 4096

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    (void)handle;
    NEED(format);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(code, "%s", text);
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    (void)handle;
    if (format == NULL)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_hint("%s", text);
}
