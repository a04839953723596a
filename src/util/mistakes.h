/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The list of all mistakes in a configuration file, with their positions.
 */
#ifndef FOB_UTIL_MISTAKES_H
#define FOB_UTIL_MISTAKES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Further mistakes are dropped. */
#define MISTAKES_MAX 200

/* "FILE:LINE:COLUMN: what is wrong", in the order in which they were found, none twice. */
struct mistakes {
    char **lines;
    size_t count;
    bool failed; /* out of memory: some are missing */
};

/* A place in a file, from 1. */
struct place {
    const char *file;
    size_t line, column;
};

void mistakes_add(struct mistakes *mistakes, const struct place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void mistakes_vadd(struct mistakes *mistakes, const struct place *place, const char *format,
                   va_list args) __attribute__((format(printf, 3, 0)));
void mistakes_free(struct mistakes *mistakes);

#endif
