/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Small checks and conversions of text from outside.
 */
#ifndef FOB_UTIL_TEXT_H
#define FOB_UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An account's or provider's name: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit. */
bool text_is_name(const char *text);
/* A field's, option's or action's name: 1 to 64 of a-z 0-9 _ -, beginning with a letter. */
bool text_is_identifier(const char *text);
bool text_is_utf8(const char *text, size_t size);
bool text_has_control(const char *text, size_t size);
/* Replace control characters (C0, DEL, C1 and bidirectional overrides in UTF-8, invalid bytes) by
 * '?', in place, so that the text is safe on a terminal and on one line. */
void text_make_printable(char *text);
/* The nearest of COUNT known words to WORD, or NULL when none is close. */
const char *text_nearest(const char *word, const char *const *known, size_t count);
/* "2026-11-23T22:30:00Z"; BUFFER of at least 21 bytes. */
void text_time(int64_t when, char buffer[static 21]);
/* YYYY-MM-DD as midnight UTC.  False when it is no date. */
bool text_parse_date(const char *text, int64_t *when);

#endif
