/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reading JSON that may be hostile.
 */
#ifndef FOB_HTTP_JSON_H
#define FOB_HTTP_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/*
 * Read the SIZE bytes at TEXT, followed by a NUL and at most FOB_HTTP_BODY_MAX, as one strict JSON
 * text.  On FOB_PROTOCOL, WHY says what is wrong (static).  A JSON null is a JSON of NULL.
 * Returns FOB_SUCCESS, FOB_PROTOCOL, FOB_NOMEM; the caller frees JSON with json_object_put().
 */
int json_read(const char *text, size_t size, struct json_object **json, const char **why);

/* Whether the SIZE bytes at TEXT, followed by a NUL, are an object with a member NAME, as it is
 * written there, that is false, null, zero, or the text "", "0", "no" or "false".  Does not check
 * the rest. */
bool json_denies(const char *text, size_t size, const char *name);

#endif
