/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses hours, and compares a time with them. */
#include "config.h"

#include "hours.h"

#include <ctype.h>
#include <strings.h>
#include <string.h>

static const char hours_days[7][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static bool hours_read_day(const char **text, int *day)
{
    for (int i = 0; i < 7; i++) {
        if (strncasecmp(*text, hours_days[i], 3) == 0) {
            *text += 3;
            *day = i;
            return true;
        }
    }
    return false;
}

/* Parse "mon-fri " or "sat "; nothing means every day. */
static bool hours_read_days(const char **text, struct hours *hours)
{
    hours->first = 0;
    hours->last = 6;
    if (!isalpha((unsigned char)**text))
        return true;
    if (!hours_read_day(text, &hours->first))
        return false;
    hours->last = hours->first;
    if (**text == '-') {
        (*text)++;
        if (!hours_read_day(text, &hours->last))
            return false;
    }
    if (**text != ' ')
        return false;
    *text += strspn(*text, " ");
    return true;
}

/* Parse "08:00", up to "24:00". */
static bool hours_read_time(const char **text, int *minutes)
{
    const char *at = *text;
    int hour;
    int minute;

    for (int i = 0; i < 5; i++) {
        if (i == 2 ? at[i] != ':' : !isdigit((unsigned char)at[i]))
            return false;
    }
    hour = (at[0] - '0') * 10 + at[1] - '0';
    minute = (at[3] - '0') * 10 + at[4] - '0';
    *text += 5;
    *minutes = hour * 60 + minute;
    return minute < 60 && *minutes <= 24 * 60;
}

bool hours_parse(const char *text, struct hours *hours)
{
    if (!hours_read_days(&text, hours) || !hours_read_time(&text, &hours->begin) ||
        *text++ != '-' || !hours_read_time(&text, &hours->end))
        return false;
    return *text == '\0' && hours->begin < 24 * 60 && hours->begin != hours->end;
}

static bool hours_has_day(const struct hours *hours, int day)
{
    return hours->first <= hours->last ? hours->first <= day && day <= hours->last
                                       : hours->first <= day || day <= hours->last;
}

bool hours_contain(const struct hours *hours, const struct tm *now)
{
    int minutes = now->tm_hour * 60 + now->tm_min;

    if (hours->begin < hours->end)
        return hours_has_day(hours, now->tm_wday) && hours->begin <= minutes &&
               minutes < hours->end;
    return (hours_has_day(hours, now->tm_wday) && hours->begin <= minutes) ||
           (hours_has_day(hours, (now->tm_wday + 6) % 7) && minutes < hours->end);
}
