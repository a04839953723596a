/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The calling thread's last error: the one way in which fob reports what went wrong.
 *
 * The function that knows the detail sets the message, once; its callers pass the code up.
 */
#ifndef FOB_UTIL_ERROR_H
#define FOB_UTIL_ERROR_H

#include "util/sized.h"

#include <fob/fob.h>

#include <stddef.h>

/* Set the message "WHAT: WHY" without a newline, clear the hint, and return CODE.  Control
 * characters are replaced by '?'.  Keeps errno. */
int error_set(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As error_set(), with ": " and errno's text added; the code comes from errno: ENOMEM is FOB_NOMEM,
 * EACCES and EPERM are FOB_NOT_ALLOWED, all others FOB_SYSTEM. */
int error_system(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "out of memory"; returns FOB_NOMEM, which a static analyzer needs to see here. */
void error_set_nomem(void);
static inline int error_nomem(void)
{
    error_set_nomem();
    return FOB_NOMEM;
}

/* As error_set() with COUNT lines, which are kept apart by newlines; the last line counts those
 * that did not fit. */
int error_set_lines(int code, char *const *lines, size_t count);

/* Set the hint, which says what to do next.  To be called after one of the functions above. */
void error_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Set the error for ARGUMENT of the public FUNCTION being NULL; returns FOB_INVALID. */
int error_null(const char *function, const char *argument);
/* Returns FOB_INVALID, with a message that names FUNCTION, when FLAGS has a bit outside TAKEN;
 * otherwise FOB_SUCCESS. */
int error_flags(const char *function, unsigned flags, unsigned known);
/* Refuse a NULL argument, at the beginning of a public function that returns a code (fob.h). */
#define NEED(argument)                              \
    do {                                            \
        if ((argument) == NULL)                     \
            return error_null(__func__, #argument); \
    } while (0)

/* The same for a struct that begins with its size: copy ARGUMENT into COPY. */
#define NEED_SIZED(copy, argument)                                                        \
    do {                                                                                  \
        const char *sized_fault;                                                          \
                                                                                          \
        NEED(argument);                                                                   \
        sized_fault = sized_copy(copy, sizeof *(copy), argument);                         \
        if (sized_fault != NULL)                                                          \
            return error_set(FOB_INVALID, "%s: %s %s", __func__, #argument, sized_fault); \
    } while (0)

/* Forget the message and the hint. */
void error_clear(void);

/* Set ERROR and the hint NEXT again, as fob_error() and fob_error_hint() returned them, newlines
 * included.  Returns CODE. */
int error_repeat(int code, const char *error, const char *next);

/* Save the message and the hint while other work is done. error_restore() sets them again and frees
 * SAVED. */
struct saved_error {
    char *error;
    char *hint;
};
void error_save(struct saved_error *saved);
void error_restore(struct saved_error *saved, int code);

#endif
