/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * How much may be open at a time within the process's limit of descriptors.
 */
#ifndef FOB_UTIL_DESCRIPTORS_H
#define FOB_UTIL_DESCRIPTORS_H

#include <sys/resource.h>

/* A call in progress and a connection kept for the next one need some ten; the rest is for files.
 */
#define DESCRIPTORS_EACH 16

/* How many calls, or connections to keep, are in order: at least 1, at most MOST. */
static inline unsigned descriptors_allow(unsigned most)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / DESCRIPTORS_EACH >= most)
        return most;
    return limit.rlim_cur >= DESCRIPTORS_EACH ? (unsigned)(limit.rlim_cur / DESCRIPTORS_EACH) : 1;
}

#endif
