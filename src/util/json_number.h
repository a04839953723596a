/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The numbers of JSON (RFC 8259, section 6).
 */
#ifndef FOB_UTIL_JSON_NUMBER_H
#define FOB_UTIL_JSON_NUMBER_H

#include <stdbool.h>

/* Skip the number at AT, which a NUL follows at the latest.  INTEGER: the number has neither a
 * fraction nor an exponent.  Returns the place after the number, or NULL if there is none. */
const char *json_number_skip(const char *at, bool *integer);
/* Whether TEXT is a number (RFC 8259), and nothing else. */
bool json_number_is(const char *text);

#endif
