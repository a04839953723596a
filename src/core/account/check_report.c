/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reports the findings of a check, and keeps the gravest. */
#include "config.h"

#include "core/account/check_parts.h"

#include <stdarg.h>
#include <stdio.h>

void check_note_code(struct check_state *check, int code)
{
    if (check->code == FOB_SUCCESS || (code == FOB_CORRUPT && check->code != FOB_CORRUPT))
        check->code = code;
}

void check_report_finding(struct check_state *check, int code, const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    check->fn(code == FOB_SUCCESS, text, check->data);
    check->bad += code != FOB_SUCCESS;
    if (code != FOB_SUCCESS)
        check_note_code(check, code);
}
