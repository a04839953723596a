/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The hours of a policy: "08:00-18:00", "mon-fri 08:00-18:00".
 */
#ifndef FOB_POLICY_HOURS_H
#define FOB_POLICY_HOURS_H

#include <stdbool.h>
#include <time.h>

/* The same hours on several days, from FIRST to LAST, also across the end of the week. */
struct hours {
    int first, last; /* as tm_wday */
    int begin, end;  /* minutes; END is excluded, and on the next day unless after BEGIN */
};

/* False when TEXT is not hours. */
bool hours_parse(const char *text, struct hours *hours);
bool hours_contain(const struct hours *hours, const struct tm *now);

#endif
