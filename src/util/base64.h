/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Base64, and base64url without padding (RFC 4648, sections 4 and 5).
 */
#ifndef FOB_UTIL_BASE64_H
#define FOB_UTIL_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The digit of base64 for VALUE, 0 to 63. */
char base64_digit(unsigned value);
/* The value of a digit of base64 or base64url; -1 for any other character. */
int base64_value(char digit);

/* The number of characters for SIZE bytes. */
#define BASE64URL_SIZE(size) (((size)*8 + 5) / 6)

/* TEXT has room for a NUL, too. */
void base64_url_write(const void *data, size_t size, char *text);
/* Read LENGTH characters, which must be the only way to write SIZE bytes.  Returns false, with DATA
 * wiped, for any others. */
bool base64_url_read(const char *text, size_t length, void *data, size_t size);

#endif
