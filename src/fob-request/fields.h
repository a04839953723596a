/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Which parts of an item are shown, and what each has.
 */
#ifndef FOB_FOB_REQUEST_FIELDS_H
#define FOB_FOB_REQUEST_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

struct field {
    char *name;    /* as it was written */
    char *pointer; /* the same as a JSON Pointer */
};

struct fields {
    struct field *items;
    size_t count;
};

#define FIELDS_INIT ((struct fields){ NULL, 0 })

/* Add one: "name", "dotted.path" or "/json/pointer", the SIZE bytes at TEXT.  Returns FOB_SUCCESS,
 * FOB_INVALID (told), FOB_NOMEM (told). */
int fields_add(struct fields *fields, const char *text, size_t size);
/* Add all of a text, between commas; returns as the former. */
int fields_parse(struct fields *fields, const char *text);
/* Add the member NAME of an item, whatever is in its name; returns as the former. */
int fields_add_member(struct fields *fields, const char *name);
void fields_free(struct fields *fields);

/* What ITEM has there, borrowed; NULL for nothing, and for null. */
struct json_object *field_value(const struct field *field, struct json_object *item);
/* A value as the text of a cell, borrowed from it: a string without its quotes, all else as JSON
 * in one line; "" for NULL. */
const char *field_text(struct json_object *value, size_t *size);

#endif
