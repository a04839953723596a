/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A number and a unit, at most a week. */
#include "config.h"

#include "cli/duration.h"

#include "cli/output.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MOST (7 * 24 * 60 * 60)

static bool parse(const char *text, unsigned *seconds)
{
    static const char units[] = "smhd";
    static const unsigned factors[] = { 1, 60, 60 * 60, 24 * 60 * 60 };
    unsigned long factor = 1;
    unsigned long value;
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    value = strtoul(text, &end, 10);
    if (*end != '\0') {
        const char *unit = strchr(units, *end);

        if (unit == NULL || end[1] != '\0')
            return false;
        factor = factors[unit - units];
    }
    if (value > MOST / factor)
        return false;
    *seconds = (unsigned)(value * factor);
    return true;
}

int duration_option(const struct cli *cli, const char *name, unsigned *seconds)
{
    const char *text = options_text(&cli->options, name);

    return text == NULL || parse(text, seconds)
               ? FOB_SUCCESS
               : output_fail(FOB_INVALID, "such as 90, 15m or 2h; at most 7d",
                             "--%s: not a duration", name);
}
