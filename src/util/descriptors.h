/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * How many calls may run at a time within the limit of open descriptors.
 */
#ifndef FOB_UTIL_DESCRIPTORS_H
#define FOB_UTIL_DESCRIPTORS_H

#include <sys/resource.h>

/* A call in progress needs up to this number while its worker starts, else about five; the rest is
 * for files. */
#define DESCRIPTORS_EACH 24

/* The number of calls, or of kept connections, that fit: from 1 to MAX. */
static inline unsigned descriptors_allow(unsigned max)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / DESCRIPTORS_EACH >= max)
        return max;
    return limit.rlim_cur >= DESCRIPTORS_EACH ? (unsigned)(limit.rlim_cur / DESCRIPTORS_EACH) : 1;
}

#endif
