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
#define TEXT_NAME_HINT "a name has 1 to %d of a-z 0-9 . _ - and begins with a letter or digit"
/* A field's, option's or action's name: 1 to 64 of a-z 0-9 _ -, beginning with a letter. */
bool text_is_identifier(const char *text);
/*
 * Decode the character at the start of the SIZE bytes at TEXT, at least one.  Returns its length in
 * bytes, or 0 when TEXT is not UTF-8 (RFC 3629: no overlong form, no surrogate, none above
 * U+10FFFF).
 */
size_t text_character(const char *text, size_t size, uint32_t *character);
bool text_is_utf8(const char *text, size_t size);
/* A header's name (RFC 9110, section 5.1: a token). */
bool text_is_token(const char *text);
/* The name of a header that frames the message or says where it goes: only libcurl sets it. */
bool text_is_framing(const char *name);
/* A parameter's name that no URL needs to encode. */
bool text_is_parameter(const char *text);
/* Write BYTE percent-encoded (RFC 3986).  Returns the size. */
size_t text_put_percent(unsigned char byte, char out[static 3]);
/* Whether TEXT has a C0 control character or DEL, which no header and no URL may have. */
bool text_has_control(const char *text, size_t size);
/* Whether CHARACTER moves the cursor, ends the line, or changes the direction of the text after it:
 * C0, DEL, C1, the line and paragraph separators, marks, overrides and isolates of direction. */
bool text_is_unprintable(uint32_t character);
/*
 * Describe in WHAT, as "ends with a blank", something invisible in TEXT, which is mostly a slip in
 * copying: a blank at either end, the carriage return of a file from Windows, a byte order mark,
 * spaces other than the blank, characters without a width.  False when TEXT has nothing of the
 * kind.
 */
#define TEXT_UNSEEN 80
bool text_find_unseen(const char *text, size_t size, char what[static TEXT_UNSEEN]);
/* Whether PATH begins with a ~ that the shell did not expand, because of quotes or because it
 * follows --option=. */
bool text_is_unexpanded(const char *path);
#define TEXT_UNEXPANDED "it begins with a ~, which the shell did not expand"
#define TEXT_UNEXPANDED_HINT "write the whole path, or \"$HOME/...\"; a file of that name is ./~..."
/* Replace unprintable characters and bytes that are not UTF-8 by '?', in place, so that TEXT is
 * safe on a terminal and stays on one line. */
void text_make_printable(char *text);
/* The nearest of COUNT known words to WORD, or NULL when none is close. */
const char *text_nearest(const char *word, const char *const *known, size_t count);
/* The end of a noun that is counted: "" for one, else "s". */
const char *text_plural(uint64_t count);
/* "2026-11-23T22:30:00Z"; BUFFER of at least 21 bytes. */
void text_time(int64_t when, char buffer[static 21]);
/* SIZE bytes as lower-case hexadecimal digits; HEX of at least 2 * SIZE + 1 bytes. */
void text_hex(const void *data, size_t size, char *hex);
/* Parse YYYY-MM-DD as midnight UTC.  False when TEXT is not a date. */
bool text_parse_date(const char *text, int64_t *when);

/* One of an account's variables.  Neither text ends with a NUL. */
struct text_variable {
    const char *name;
    const char *value;
    size_t name_size;
    size_t value_size;
};
/* Read the line NAME=VALUE at *AT, and move *AT past the line.  NAME has letters, digits and _, and
 * does not begin with a digit.  False at the end, and for any other line. */
bool text_next_variable(const char **at, struct text_variable *variable);

/* The next line of *TEXT, made printable, for the caller to free; NULL at the end, or when out of
 * memory. */
char *text_next_line(const char **text);
/* "NAME=VALUE", for the caller to free; NULL when out of memory. */
char *text_make_entry(const char *name, const char *value);
/* Whether A and B, NAME=VALUE or NAME alone, have the same NAME. */
bool text_same_entry(const char *a, const char *b);

#endif
