/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Cells: the fields of an item that are named in a table, and their texts.
 */
#ifndef FOB_UTIL_CELL_H
#define FOB_UTIL_CELL_H

#include "util/tree.h"

/* Append the JSON Pointer of the field in the SIZE bytes at TEXT: "name", "dotted.path" or
 * "/json/pointer".  False if it is none of them. */
bool cell_pointer(struct strbuf *pointer, const char *text, size_t size);
/* Append the part of a JSON Pointer for the member NAME, whatever characters it has. */
void cell_pointer_part(struct strbuf *pointer, const char *name, size_t size);
/* Append VALUE as the text of a cell: a string without quotes, anything else as JSON on one line;
 * nothing for a null. */
void cell_text(struct strbuf *out, const struct tree *value);

#endif
