/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Knows the digits of base64; writes and reads base64url. */
#include "config.h"

#include "util/base64.h"

#include <stdint.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char digits[] = LETTERS "-_";

char base64_digit(unsigned value)
{
    static const char plain[] = LETTERS "+/";

    return plain[value];
}

int base64_value(char digit)
{
    const char same = digit == '+' ? '-' : digit == '/' ? '_' : digit;
    const char *found = digit != '\0' ? strchr(digits, same) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

void base64_url_write(const void *data, size_t size, char *text)
{
    const unsigned char *from = data;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | from[i];
        for (count += 8; count >= 6; count -= 6)
            *text++ = digits[bits >> (count - 6) & 63];
    }
    if (count > 0)
        *text++ = digits[bits << (6 - count) & 63];
    *text = '\0';
}

bool base64_url_read(const char *text, size_t length, void *data, size_t size)
{
    unsigned char *to = data;
    uint32_t bits = 0;
    unsigned count = 0;
    bool good = length == BASE64URL_SIZE(size);

    for (size_t i = 0; good && i < length; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

        good = digit != NULL;
        bits = bits << 6 | (uint32_t)(good ? digit - digits : 0);
        count += 6;
        if (count >= 8) {
            count -= 8;
            *to++ = (unsigned char)(bits >> count);
        }
    }
    good = good && (bits & ((1U << count) - 1)) == 0;
    if (!good)
        explicit_bzero(data, size);
    return good;
}
