/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Punycode (RFC 3492), which writes international names in ASCII. */
#ifndef FOB_UTIL_PUNYCODE_H
#define FOB_UTIL_PUNYCODE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the SIZE bytes at TEXT, a host name's label without "xn--", are Punycode of a text that
 * ASCII cannot write. */
bool punycode_is_valid(const char *text, size_t size);

#endif
