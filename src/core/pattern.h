/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A field's pattern: a POSIX extended regular expression over bytes, which must match all of a
 * value.
 *
 * The C library's is not used: its regcomp() and regexec() take memory and time without a bound for
 * some patterns.  Here a pattern takes at most PATTERN_STEPS_MAX steps for each byte of a value.
 */
#ifndef FOB_CORE_PATTERN_H
#define FOB_CORE_PATTERN_H

#include <stddef.h>

/* The longest pattern, in bytes; the deepest groups; the most steps, with the repetitions written
 * out. */
#define PATTERN_MAX 1000
#define PATTERN_DEPTH_MAX 16
#define PATTERN_STEPS_MAX 4096

/* What is wrong with a pattern, for people. */
#define PATTERN_WHY 80

struct pattern;

/* Returns FOB_SUCCESS, FOB_INVALID (with WHY), FOB_NOMEM. */
int pattern_compile(const char *text, struct pattern **pattern, char why[static PATTERN_WHY]);
/* Whether all SIZE bytes of VALUE match.  Returns FOB_SUCCESS, FOB_INVALID without a message (they
 * do not), FOB_NOMEM. */
int pattern_match(const struct pattern *pattern, const char *value, size_t size);
void pattern_free(struct pattern *pattern);

#endif
