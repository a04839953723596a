/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The means of this kernel to contain plugins.
 */
#ifndef FOB_UTIL_CONTAINMENT_H
#define FOB_UTIL_CONTAINMENT_H

#include <stdbool.h>

/* The highest level that fob uses. */
#define CONTAINMENT_LANDLOCK_BEST 6

/* Landlock's level (its ABI), from 1; -1 with errno set if there is no Landlock. */
int containment_landlock_level(void);
/* Whether seccomp accepts filters here; otherwise errno says why. */
bool containment_has_seccomp(void);

#endif
