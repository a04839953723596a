/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Input for the fuzzers of text: the first byte chooses the target.
 */
#ifndef FOB_TESTS_FUZZ_TEXT_H
#define FOB_TESTS_FUZZ_TEXT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef void fuzz_text_fn(char *text, size_t size);

/* Call one of COUNT TARGETS with a copy of the rest of DATA, and a NUL behind it. */
static inline int fuzz_text(const uint8_t *data, size_t size, fuzz_text_fn *const *targets,
                            size_t count)
{
    char *text;

    if (size == 0)
        return 0;
    text = malloc(size);
    if (text == NULL)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    targets[data[0] % count](text, size - 1);
    free(text);
    return 0;
}

#endif
