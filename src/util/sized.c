/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Copies a struct of a caller whose header may be older or newer than this library. */
#include "config.h"

#include "util/sized.h"

#include <string.h>

const char *sized_copy_bytes(void *copy, size_t size, const void *from, size_t given)
{
    const unsigned char *bytes = from;

    for (size_t i = size; i < given; i++) {
        if (bytes[i] != 0)
            return "asks for something that only a newer library has";
    }
    memset(copy, 0, size);
    memcpy(copy, from, given < size ? given : size);
    return NULL;
}

const char *sized_copy(void *copy, size_t size, const void *from)
{
    size_t given;

    memcpy(&given, from, sizeof given);
    if (given < sizeof given || given > SIZED_MAX)
        return "does not begin with its size";
    return sized_copy_bytes(copy, size, from, given);
}
