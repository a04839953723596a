/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What contains plugins: the means of this kernel, and the paths that are closed.
 */
#ifndef FOB_UTIL_CONTAINMENT_H
#define FOB_UTIL_CONTAINMENT_H

#include <stdbool.h>

/* The highest level that fob uses. */
#define CONTAINMENT_LANDLOCK_BEST 6

/* Landlock's level (its ABI), from 1; -1 with errno set if there is no Landlock. */
int containment_landlock_level(void);
/* Whether a plugin must not use PATH, because CLOSED is closed to it: PATH is CLOSED, is below it,
 * or is a further part of it, as log.1 is of log.  Neither path has links. */
bool containment_closes(const char *closed, const char *path);
/* Whether seccomp accepts filters here; otherwise errno says why. */
bool containment_has_seccomp(void);

#endif
