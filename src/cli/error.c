/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The helpers' errors inside the command: handed to libfob, which keeps the one message there is. */
#include "config.h"

#include "util/error.h"

#include <fob/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

int error_set(int code, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fob_fail(NULL, code, "%s", text);
}

int error_system(const char *format, ...)
{
    int number = errno;
    char what[512];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return fob_fail(NULL, number == EACCES || number == EPERM ? FOB_DENIED : FOB_SYSTEM, "%s: %s",
                    what, strerror(number));
}

int error_nomem(void)
{
    return fob_fail(NULL, FOB_NOMEM, "out of memory");
}

void error_hint(const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fob_hint(NULL, "%s", text);
}
