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
/*
 * Decode the character at TEXT, of which SIZE bytes (at least one) are left.  Returns its length in
 * bytes, or 0 when it is not UTF-8 (RFC 3629: no overlong form, no surrogate, none above U+10FFFF).
 */
size_t text_character(const char *text, size_t size, uint32_t *character);
bool text_is_utf8(const char *text, size_t size);
/* Whether there is a C0 control character or DEL in it, which no header and no URL may have. */
bool text_has_control(const char *text, size_t size);
/* Whether a character moves the cursor, ends the line, or turns the order of what follows: C0, DEL,
 * C1, the line and paragraph separators, marks, overrides and isolates of direction. */
bool text_is_unprintable(uint32_t character);
/*
 * Describe in WHAT, as "ends with a blank", something in TEXT that cannot be seen and is mostly a
 * slip in copying: a blank at either end, the carriage return of a file from Windows, a byte order
 * mark, spaces other than the blank, characters without a width.  False when there is none.
 */
#define TEXT_UNSEEN 80
bool text_find_unseen(const char *text, size_t size, char what[static TEXT_UNSEEN]);
/* Whether PATH begins with a ~ that a shell should have expanded, and did not: it does not within
 * quotes, nor behind --option=. */
bool text_is_unexpanded(const char *path);
#define TEXT_UNEXPANDED "it begins with a ~, which the shell did not expand"
#define TEXT_UNEXPANDED_HINT \
    "write the whole path, or \"$HOME/...\"; a file that is called so is ./~..."
/* Replace such characters and bytes that are not UTF-8 by '?', in place, so that the text is safe
 * on a terminal and on one line. */
void text_make_printable(char *text);
/* The nearest of COUNT known words to WORD, or NULL when none is close. */
const char *text_nearest(const char *word, const char *const *known, size_t count);
/* "2026-11-23T22:30:00Z"; BUFFER of at least 21 bytes. */
void text_time(int64_t when, char buffer[static 21]);
/* SIZE bytes as lower-case hexadecimal digits; HEX of at least 2 * SIZE + 1 bytes. */
void text_hex(const void *data, size_t size, char *hex);
/* YYYY-MM-DD as midnight UTC.  False when it is no date. */
bool text_parse_date(const char *text, int64_t *when);

/* One of an account's variables: neither text ends with a NUL. */
struct text_variable {
    const char *name;
    const char *value;
    size_t name_size;
    size_t value_size;
};
/* Read the line NAME=VALUE at *AT, and move there past it.  False at the end, and for a line that
 * is not that: NAME has letters, digits and _, and no digit at the beginning. */
bool text_next_variable(const char **at, struct text_variable *variable);

#endif
