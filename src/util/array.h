/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The number of an array's elements.
 */
#ifndef FOB_UTIL_ARRAY_H
#define FOB_UTIL_ARRAY_H

/* 0; does not compile for a pointer, whose type is that of the address of an element. */
#define ARRAY_CHECK(array)                                                                         \
    (0 * sizeof(struct {                                                                           \
         int unused;                                                                               \
         _Static_assert(!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])), \
                        "ARRAY_SIZE() of a pointer");                                              \
     }))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]) + ARRAY_CHECK(array))

#endif
