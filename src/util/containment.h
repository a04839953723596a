/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What this kernel has to contain plugins with.
 */
#ifndef FOB_UTIL_CONTAINMENT_H
#define FOB_UTIL_CONTAINMENT_H

#include <stdbool.h>

/* The highest that fob makes use of. */
#define CONTAINMENT_LANDLOCK_BEST 6

/* Landlock's level (its ABI), from 1; -1 with errno set where there is none. */
int containment_landlock_level(void);
/* Whether seccomp takes filters here; errno says why not. */
bool containment_has_seccomp(void);

#endif
