/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the command prints: the answer on stdout, everything else on stderr.
 *
 * Text from outside is made printable here, whatever others did before.  Secrets do not pass
 * through this file but through answer.c.
 */
#ifndef FOB_CLI_OUTPUT_H
#define FOB_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/strbuf.h"

/*
 * Keep what plugins, and libraries that they bring along, print to standard output away from the
 * answer: fd 1 leads to stderr from now on, the answer leaves by a descriptor that only fob knows.
 * Returns FOB_SUCCESS, FOB_SYSTEM (told).
 */
int output_protect(void);
/* Standard output is the answer again: for a command that fob becomes. */
void output_unprotect(void);
/* Where the answer goes. */
FILE *output_file(void);

/* "fob: WHAT: WHY" and "hint: …" on stderr, from the library's last error. */
void output_error(int code);
/* Whether any failure was told so far, or will be by output_close(). */
bool output_has_failed(void);
/* The same with words of the command's own; HINT may be NULL.  Returns CODE. */
int output_fail(int code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int output_nomem(void);
/* One line on stderr, made printable. */
void output_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "hint: TEXT" on stderr, unless TEXT is empty. */
void output_hint(const char *text);

/* One line of the answer, made printable. */
void output_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* TEXT with each line made printable, and a newline at the end. */
void output_lines(FILE *file, const char *prefix, const char *text);
/* Print what BUF holds of a JSON text when that is much, so that a long answer takes little memory;
 * between two values of an array. */
void output_json_flush(struct strbuf *buf);
/* SIZE bytes, followed by a NUL, as the answer.  On a terminal, what moves the cursor or turns the
 * order of what follows is written as \uXXXX, which a JSON text may have in its place. */
void output_text(const char *text, size_t size);
/* JSON text and a newline as the answer; frees BUF.  Returns FOB_SUCCESS, FOB_NOMEM (told). */
int output_json(struct strbuf *buf);
/* Write what was printed so far.  Returns FOB_SUCCESS, or FOB_SYSTEM (told by output_close()). */
int output_flush(void);
/* Close the answer.  Returns FOB_SUCCESS, or FOB_SYSTEM (told) when not everything arrived. */
int output_close(void);

/* Append "KEY": "VALUE" or "KEY": TIME, with a comma before it unless it is the first of an object
 * or array.  KEY is NULL in an array; a VALUE of NULL is null. */
void output_json_text(struct strbuf *buf, const char *key, const char *value);
/* RFC 3339 in UTC; null for 0. */
void output_json_time(struct strbuf *buf, const char *key, int64_t when);
void output_json_number(struct strbuf *buf, const char *key, int64_t value);
void output_json_flag(struct strbuf *buf, const char *key, bool value);
/* Begin ('{' or '[') and end an object or array; KEY as above. */
void output_json_begin(struct strbuf *buf, const char *key, char bracket);
void output_json_end(struct strbuf *buf, char bracket);

/* Short local time with its zone, or NEVER for 0. */
#define OUTPUT_TIME 32
void output_time(int64_t when, const char *never, char buffer[static OUTPUT_TIME]);
/* The same of the beginning of a day in UTC: the day alone, which is the same everywhere. */
void output_day(int64_t when, const char *never, char buffer[static OUTPUT_TIME]);

/* A table for people.  Cells are added row by row, the titles first.  On a terminal its rows fit
 * the width: cells are cut, with a mark, but for those of the first column. */
#define TABLE_COLUMNS 64
struct table {
    size_t columns; /* at most TABLE_COLUMNS */
    char **cells;
    size_t count;
    size_t widths[TABLE_COLUMNS]; /* so far */
    bool titled;                  /* it has no titles, or they were printed */
    bool failed;
};

void table_add(struct table *table, const char *text);
/* Print it as the answer, titles bold and the words of column STATUS (if < columns) in color where
 * that may be.  Returns FOB_SUCCESS, FOB_NOMEM (told). */
int table_print(struct table *table, size_t status);
/* Print the rows there are and forget them: those that follow get columns at least as wide.
 * Returns as table_print(). */
int table_print_block(struct table *table);
void table_free(struct table *table);

#endif
