/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * From a JSON text to json-c's objects.
 */
#ifndef FOB_HTTP_JSON_BUILD_H
#define FOB_HTTP_JSON_BUILD_H

#include <stddef.h>

struct json_object;

/*
 * Read the SIZE bytes at TEXT, UTF-8 of a bounded depth, as one JSON text of RFC 8259.
 *
 * A number that json-c would write in another way, as an integer of more than 64 bits, keeps its
 * digits: it is a double with that text.  Half a surrogate pair becomes U+FFFD.  The rest is as
 * json_read().
 */
int json_build(const char *text, size_t size, struct json_object **json, const char **why);

#endif
