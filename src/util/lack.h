/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Errors that come from a lack of resources, and say nothing about the file in use.
 */
#ifndef FOB_UTIL_LACK_H
#define FOB_UTIL_LACK_H

#include <errno.h>
#include <stdbool.h>

/* Whether ERROR, of errno(3), means that descriptors, memory or processes have run out. */
static inline bool lack_is(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
           error == EAGAIN || error == ETOOMANYREFS;
}

#endif
