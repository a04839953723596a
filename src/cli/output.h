/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The commands' output: the answer on stdout, everything else on stderr.
 *
 * Text from outside is always made printable here.  Secrets are printed by answer.c, not here.
 */
#ifndef FOB_CLI_OUTPUT_H
#define FOB_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/strbuf.h"

/*
 * Keep the output of plugins and their libraries out of the answer: from now on fd 1 leads to
 * stderr, and the answer goes to a private descriptor.  Returns FOB_SUCCESS, FOB_SYSTEM (reported).
 */
int output_protect(void);
/* Make fd 1 the real standard output again, for a command that replaces fob. */
void output_unprotect(void);
/* The stream for the answer. */
FILE *output_file(void);

/* Print "fob: WHAT: WHY" and "hint: ..." on stderr, from the library's last error. */
void output_error(int code);
/* The same, with the command's own message and HINT, which may be NULL.  Returns CODE. */
int output_fail(int code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Report that the file at PATH cannot be opened, as errno says.  Returns FOB_NOT_ALLOWED,
 * FOB_SYSTEM. */
int output_fail_file(const char *path);
/* Whether any error was reported so far, or will be by output_close(). */
bool output_has_failed(void);
int output_nomem(void);
/* Print one line on stderr, made printable. */
void output_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Print "hint: TEXT" on stderr, unless TEXT is empty. */
void output_hint(const char *text);

/* Print one line of the answer, made printable. */
void output_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Print TEXT with each line made printable, and a newline at the end. */
void output_lines(FILE *file, const char *prefix, const char *text);
/* Print and empty BUF, a part of a JSON text, if it is large, so that a long answer takes little
 * memory.  Only between two values of an array. */
void output_json_flush(struct strbuf *buf);
/* Print SIZE bytes, followed by a NUL, as the answer.  On a terminal, unprintable characters are
 * written as \uXXXX, as JSON allows. */
void output_text(const char *text, size_t size);
/* Print JSON text and a newline as the answer; frees BUF.  Returns FOB_SUCCESS, FOB_NOMEM
 * (reported). */
int output_json(struct strbuf *buf);
/* Flush the answer so far.  Returns FOB_SUCCESS, FOB_SYSTEM (reported by output_close()). */
int output_flush(void);
/* Close the answer.  Returns FOB_SUCCESS, or FOB_SYSTEM (reported) when not everything was
 * written. */
int output_close(void);

/* Append "KEY": "VALUE", preceded by a comma unless it is the first member.  KEY is NULL in an
 * array; a VALUE of NULL is written as null. */
void output_json_text(struct strbuf *buf, const char *key, const char *value);
/* Append "KEY": [ TEXTS ]; TEXTS ends with NULL, or is NULL. */
void output_json_texts(struct strbuf *buf, const char *key, const char *const *texts);
/* Append "KEY": TIME, in RFC 3339 and UTC; null for 0. */
void output_json_time(struct strbuf *buf, const char *key, int64_t when);
void output_json_number(struct strbuf *buf, const char *key, int64_t value);
void output_json_flag(struct strbuf *buf, const char *key, bool value);
/* Begin ('{' or '[') and end an object or array; KEY as above. */
void output_json_begin(struct strbuf *buf, const char *key, char bracket);
void output_json_end(struct strbuf *buf, char bracket);

/* Format a short local time with its zone; NEVER for 0. */
#define OUTPUT_TIME 32
void output_time(int64_t when, const char *never, char buffer[static OUTPUT_TIME]);
/* The same for the beginning of a day in UTC: only the date, which is the same everywhere. */
void output_day(int64_t when, const char *never, char buffer[static OUTPUT_TIME]);

/* A table for people.  Cells are added row by row, the titles first.  On a terminal, cells are cut
 * to fit its width, with a mark, except in the first column. */
#define TABLE_COLUMNS 64
struct table {
    size_t columns; /* at most TABLE_COLUMNS */
    char **cells;
    size_t count;
    size_t widths[TABLE_COLUMNS]; /* so far */
    bool titled;                  /* the titles were printed, or there are none */
    bool failed;
};

void table_add(struct table *table, const char *text);
/* Print the table as the answer, with bold titles and a colored column STATUS (if < columns) where
 * the terminal allows.  Returns FOB_SUCCESS, FOB_NOMEM (reported). */
int table_print(struct table *table, size_t status);
/* Print and drop the rows so far.  Later rows get columns at least as wide.  Returns as
 * table_print(). */
int table_print_block(struct table *table);
void table_free(struct table *table);

#endif
