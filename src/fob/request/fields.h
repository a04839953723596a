/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of an item that are shown, and their values.
 */
#ifndef FOB_FOB_REQUEST_FIELDS_H
#define FOB_FOB_REQUEST_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/tree.h"

struct field {
    char *name;    /* as it was written */
    char *pointer; /* the same as a JSON Pointer */
};

struct fields {
    struct field *items;
    size_t count;
};

#define FIELDS_INIT ((struct fields){ NULL, 0 })

/* Add the field in the SIZE bytes at TEXT: "name", "dotted.path" or "/json/pointer".  Returns
 * FOB_SUCCESS, FOB_INVALID (reported), FOB_NOMEM (reported). */
int fields_add(struct fields *fields, const char *text, size_t size);
/* Add all fields of TEXT, separated by commas; returns as fields_add(). */
int fields_parse(struct fields *fields, const char *text);
/* Add the member NAME of an item, whatever characters NAME has; returns as fields_add(). */
int fields_add_member(struct fields *fields, const char *name);
void fields_free(struct fields *fields);

/* The field's value in ITEM, borrowed; a null when it is missing. */
struct tree field_value(const struct field *field, const struct tree *item);

#endif
