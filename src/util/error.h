/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The calling thread's last error: the one way in which fob reports what went wrong.
 *
 * The function that knows the detail sets the message, once; its callers pass the code up.
 */
#ifndef FOB_UTIL_ERROR_H
#define FOB_UTIL_ERROR_H

#include <stddef.h>

/* Set the message "WHAT: WHY" without a newline, clear the hint, and return CODE.  Control
 * characters are replaced by '?'.  Keeps errno. */
int error_set(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As error_set(), with ": " and errno's text added; the code comes from errno: ENOMEM is FOB_NOMEM,
 * EACCES and EPERM are FOB_NOT_ALLOWED, all else is FOB_SYSTEM. */
int error_system(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "out of memory"; returns FOB_NOMEM. */
int error_nomem(void);

/* As error_set() with COUNT lines, which are kept apart by newlines; those that there is no room
 * for are counted in the last line. */
int error_set_lines(int code, char *const *lines, size_t count);

/* After one of the above: what to do next. */
void error_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Say that ARGUMENT of the public FUNCTION is NULL; returns FOB_INVALID. */
int error_null(const char *function, const char *argument);
/* FOB_SUCCESS unless FLAGS has others than TAKEN: then FOB_INVALID, which names FUNCTION. */
int error_flags(const char *function, unsigned flags, unsigned known);
/* For the beginning of a public function that returns a code: refuse NULL (fob.h). */
#define NEED(argument)                              \
    do {                                            \
        if ((argument) == NULL)                     \
            return error_null(__func__, #argument); \
    } while (0)

/* Forget the message and the hint. */
void error_clear(void);

/* Say again ERROR and the hint NEXT, as fob_error() and fob_error_hint() once gave them, newlines
 * included.  Returns CODE. */
int error_repeat(int code, const char *error, const char *next);

/* Keep message and hint while something else is done; and say them again, which frees KEPT. */
struct saved_error {
    char *error;
    char *hint;
};
void error_save(struct saved_error *saved);
void error_restore(struct saved_error *saved, int code);

#endif
