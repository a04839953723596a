/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses points in time: a date, a time of day, both, or a duration ago. */
#include "config.h"

#include "fob/when.h"

#include "cli/output.h"
#include "fob/duration.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Whether TM is a valid date from 1970 on. */
static bool when_is_day(const struct tm *tm)
{
    struct tm copy = *tm;

    return tm->tm_year >= 70 && timegm(&copy) != -1 && copy.tm_mon == tm->tm_mon &&
           copy.tm_mday == tm->tm_mday;
}

/* Parse "08:30" or "08:30:15" at TEXT into TM.  Returns the rest of TEXT, or NULL. */
static const char *when_parse_clock(const char *text, struct tm *tm)
{
    const char *rest = strptime(text, "%H:%M", tm);

    return rest != NULL && *rest == ':' ? strptime(rest, ":%S", tm) : rest;
}

/* Parse "Z" or "+02:00".  EAST receives the seconds east of Greenwich. */
static bool when_parse_zone(const char *text, long *east)
{
    struct tm tm = { .tm_hour = 0 };
    const char *rest;

    if (strcmp(text, "Z") == 0) {
        *east = 0;
        return true;
    }
    if (*text != '+' && *text != '-')
        return false;
    rest = strptime(text + 1, "%H:%M", &tm);
    *east = (*text == '-' ? -60L : 60L) * (60 * tm.tm_hour + tm.tm_min);
    return rest != NULL && *rest == '\0';
}

static bool when_parse_text(const char *text, int64_t *when)
{
    const time_t now = time(NULL);
    struct tm tm = { .tm_mday = 0 };
    const char *rest = strptime(text, "%Y-%m-%d", &tm);
    long east;

    if (rest == NULL) {
        localtime_r(&now, &tm);
        tm.tm_sec = 0;
        rest = when_parse_clock(text, &tm);
        if (rest == NULL || *rest != '\0')
            return false;
    } else if (*rest == 'T') {
        rest = when_parse_clock(rest + 1, &tm);
    }
    if (rest == NULL || !when_is_day(&tm))
        return false;
    tm.tm_isdst = -1;
    if (*rest == '\0')
        *when = mktime(&tm);
    else if (when_parse_zone(rest, &east))
        *when = timegm(&tm) - east;
    else
        return false;
    return true;
}

int when_option(const struct cli *cli, const char *name, int64_t *when)
{
    const char *text = options_text(&cli->options, name);
    unsigned seconds = 0;
    int code;

    if (text == NULL || when_parse_text(text, when))
        return FOB_SUCCESS;
    if (strpbrk(text, "-:") != NULL)
        return output_fail(
            FOB_INVALID,
            "such as 2026-11-24, 2026-11-24T08:30, 2026-11-24T08:30:00Z, or 08:30 for "
            "today",
            "--%s: not a date or time", name);
    code = duration_option(cli, name, DURATION_YEARS, &seconds);
    if (code == FOB_SUCCESS)
        *when = time(NULL) - seconds;
    return code;
}
