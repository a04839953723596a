/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses durations. */
#include "config.h"

#include "fob/duration.h"

#include "cli/output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY (24UL * 60 * 60)

static bool duration_parse_unit(const char *text, unsigned long max, unsigned *seconds)
{
    static const char units[] = "smhd";
    static const unsigned long factors[] = { 1, 60, 60 * 60, DAY };
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
    if (value > max / factor)
        return false;
    *seconds = (unsigned)(value * factor);
    return true;
}

int duration_option(const struct cli *cli, const char *name, unsigned days, unsigned *seconds)
{
    const char *text = options_text(&cli->options, name);
    char hint[64];

    if (text == NULL || duration_parse_unit(text, days * DAY, seconds))
        return FOB_SUCCESS;
    snprintf(hint, sizeof hint, "such as 90, 15m or 2h; at most %ud", days);
    return output_fail(FOB_INVALID, hint, "--%s: not a duration", name);
}
