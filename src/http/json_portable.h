/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * JSON in a form that every json-c from 0.15 on reads as RFC 8259 demands.
 *
 * json-c accepts numbers such as "2." and "-01", and changes integers beyond 64 bits; version 0.18
 * in strict mode refuses every byte over 0x7f (json-c issue 892).
 */
#ifndef FOB_HTTP_JSON_PORTABLE_H
#define FOB_HTTP_JSON_PORTABLE_H

#include "util/strbuf.h"

#include <stdbool.h>

struct json_object;

/*
 * Append the SIZE bytes at TEXT, UTF-8 and followed by a NUL, to PORTABLE: characters beyond ASCII
 * as \uXXXX, and what json-c would change marked, which sets MARKED: a large integer as a
 * floating-point number, half a surrogate pair behind a noncharacter.  Returns false if a number
 * is not valid in RFC 8259.
 */
bool json_portable_write(const char *text, size_t size, struct strbuf *portable, bool *marked);
/* Let what is marked in JSON, which was read from PORTABLE, print as it came.  Returns false if out
 * of memory. */
bool json_portable_unmark(struct json_object *json);

/* Whether NAME, of a member, is marked. */
bool json_portable_is_marked(const char *name);
/* NAME in JSON, with each mark undone; the caller frees it.  NULL when out of memory. */
char *json_portable_quote(const char *name);

#endif
