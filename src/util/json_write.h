/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing JSON (RFC 8259).  Answers may hold secrets, so a JSON library's tree must not copy them.
 */
#ifndef FOB_UTIL_JSON_WRITE_H
#define FOB_UTIL_JSON_WRITE_H

#include "util/strbuf.h"

/* Append the SIZE bytes at TEXT as a quoted JSON string.  Bytes that are not UTF-8 become U+FFFD.
 */
void json_write_string(struct strbuf *buf, const char *text, size_t size);

#endif
