/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A field's pattern: a POSIX extended regular expression over bytes, which must match all of a
 * value.
 */
#ifndef FOB_CORE_CONFIG_PATTERN_H
#define FOB_CORE_CONFIG_PATTERN_H

#include <stddef.h>

/*
 * The longest pattern, in bytes.  The most atoms after its repetitions are expanded: regcomp(3)
 * expands them and recurses over the result.  The longest value: regexec(3) may keep a state for
 * each byte.  Within these limits the worst known patterns take a tenth of a second and 100 MiB.
 */
#define PATTERN_MAX 1000
#define PATTERN_WEIGHT_MAX 512
#define PATTERN_VALUE_MAX 8192

/* The size of a message that says what is wrong with a pattern. */
#define PATTERN_WHY 256

struct pattern;

/* Returns FOB_SUCCESS, FOB_INVALID (with WHY), FOB_NOMEM. */
int pattern_compile(const char *text, struct pattern **pattern, char why[static PATTERN_WHY]);
/* Match all SIZE bytes of VALUE, which has no NUL.  Returns FOB_SUCCESS, FOB_INVALID without a
 * message (no match, or VALUE is too long), FOB_NOMEM. */
int pattern_match(const struct pattern *pattern, const char *value, size_t size);
void pattern_free(struct pattern *pattern);

#endif
