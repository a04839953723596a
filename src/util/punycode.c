/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Decodes Punycode as RFC 3492, section 6.2, but keeps only what the next step needs. */
#include "config.h"

#include "util/punycode.h"

#include <stdint.h>
#include <string.h>

#define BASE 36
#define THRESHOLD_MIN 1
#define THRESHOLD_MAX 26
#define SKEW 38
#define DAMP 700
#define BIAS_FIRST 72
#define CODE_FIRST 0x80
#define CODE_MIN 0xb7 /* no name has a lower one beyond ASCII (RFC 5892) */
#define CODE_MAX 0x10ffff
/* No label is as long as 64 characters. */
#define DELTA_MAX (UINT64_C(64) * (CODE_MAX + 1))

static int64_t punycode_digit(char c)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const char *found = memchr(digits, c >= 'A' && c <= 'Z' ? c | 0x20 : c, BASE);

    return found != NULL ? found - digits : -1;
}

static uint64_t punycode_threshold(uint64_t position, uint64_t bias)
{
    if (position <= bias + THRESHOLD_MIN)
        return THRESHOLD_MIN;
    return position >= bias + THRESHOLD_MAX ? THRESHOLD_MAX : position - bias;
}

static uint64_t punycode_adapt(uint64_t delta, uint64_t count, bool first)
{
    uint64_t bias = 0;

    delta /= first ? DAMP : 2;
    delta += delta / count;
    for (; delta > (BASE - THRESHOLD_MIN) * THRESHOLD_MAX / 2; bias += BASE)
        delta /= BASE - THRESHOLD_MIN;
    return bias + (BASE - THRESHOLD_MIN + 1) * delta / (delta + SKEW);
}

/* Read the number at *AT, and move *AT behind it.  False if it has no end, or is too large. */
static bool punycode_read(const char **at, const char *end, uint64_t bias, uint64_t *number)
{
    uint64_t weight = 1;

    *number = 0;
    for (uint64_t position = BASE; *at < end && weight <= DELTA_MAX; position += BASE) {
        int64_t digit = punycode_digit(*(*at)++);
        uint64_t threshold = punycode_threshold(position, bias);

        if (digit < 0)
            return false;
        *number += (uint64_t)digit * weight;
        if ((uint64_t)digit < threshold)
            return *number <= DELTA_MAX;
        weight *= BASE - threshold;
    }
    return false;
}

bool punycode_is_valid(const char *text, size_t size)
{
    const char *delimiter = memrchr(text, '-', size);
    const char *at = delimiter != NULL && delimiter > text ? delimiter + 1 : text;
    const char *end = text + size;
    uint64_t count = at > text ? (uint64_t)(delimiter - text) : 0;
    uint64_t bias = BIAS_FIRST;
    uint64_t code = CODE_FIRST;
    uint64_t place = 0;

    if (at == end)
        return false;
    while (at < end) {
        uint64_t delta;

        if (!punycode_read(&at, end, bias, &delta))
            return false;
        bias = punycode_adapt(delta, ++count, place == 0);
        code += (place + delta) / count;
        place = (place + delta) % count + 1;
        if (code < CODE_MIN || code > CODE_MAX || (code >= 0xd800 && code <= 0xdfff))
            return false;
    }
    return true;
}
