/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A field's pattern: a POSIX extended regular expression over bytes, which must match all of a
 * value.
 */
#ifndef FOB_CORE_PATTERN_H
#define FOB_CORE_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest pattern, in bytes; and the most that its repetitions may make of it, since regcomp(3)
 * writes them out and recurses over the result. */
#define PATTERN_MAX 1000
#define PATTERN_WEIGHT_MAX 4096

/* What is wrong with a pattern, for people. */
#define PATTERN_WHY 256

/* Returns FOB_SUCCESS, FOB_INVALID (with WHY), FOB_NOMEM; after FOB_SUCCESS free it with
 * regfree(). */
int pattern_compile(const char *text, regex_t *pattern, char why[static PATTERN_WHY]);
bool pattern_fits(const regex_t *pattern, const char *value, size_t size);

#endif
