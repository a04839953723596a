/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a hostile plugin does.
 */
#ifndef FOB_TESTS_HOSTILE_ACTS_H
#define FOB_TESTS_HOSTILE_ACTS_H

#include <stdbool.h>

/* Commit ACT.  Returns whether it got what no plugin must have; some acts do not return. */
bool hostile_act(const char *act, const char *target);

#endif
